"""`archgen import`: a model from what Terraform knows."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.commands.shared import CLEAN, FINDINGS, UNUSABLE, print_out, say, today_of, usage
from archgen.commands.terraform_files import read_files
from archgen.diagnostics.report import visible

if TYPE_CHECKING:
    from archgen.commands.project_types import ProjectTypes
    from archgen.importing.importing import Import
    from archgen.importing.terraform_json import TerraformFile


def run(options: argparse.Namespace) -> int:
    """Print what the files cover and write the model if asked; returns the exit code, 1 if a resource has no place."""
    from archgen.importing.same_stack import has_most_of
    from archgen.publishing.new_project import MODEL

    named = environments_of(options.files, options.at)
    if isinstance(named, str):
        return usage(named, "write the files after each environment: --at aws,dev dev.json --at aws,prod prod.json")
    if wrong := _misuse(named):
        return wrong
    target = Path(options.into) if options.into else None
    if target is not None and target.name != MODEL:
        return usage(f"the file of a model is called {MODEL}", f"for example: --into shop/{MODEL}")
    if target is not None and target.exists() and options.name:
        return usage("the model has a name already", "omit --name")
    sources = {
        at: read_files(files, has_most_of, "give one file for each stack of one environment")
        for at, files in named.items()
    }
    return (
        _import(options, {at: s for at, s in sources.items() if s is not None}, target)
        if all(s is not None for s in sources.values())
        else UNUSABLE
    )


def environments_of(files: Sequence[str], at: Sequence[Sequence[str]]) -> dict[str, list[str]] | str:
    """The files of each environment; a text that says what is wrong if that is not clear.

    Files are either all written before their `--at` or all after it.
    """
    named: dict[str, list[str]] = {}
    if len(at) == 1:
        return {at[0][0]: [*files, *at[0][1:]]} if files or at[0][1:] else "no files are given"
    groups = [files, *(words[1:] for words in at)]
    if files and groups.pop():
        return f"it is not clear which environment '{visible(files[0])}' is of"
    for (where, *_files), group in zip(at, groups if files else groups[1:], strict=True):
        if not group:
            return f"no files are given for {where}"
        named.setdefault(where, []).extend(group)
    return named


def _misuse(named: Mapping[str, Sequence[str]]) -> int:
    """The exit code after printing what is wrong with the environments; 0 if nothing is."""
    from archgen.importing.mappings import clouds_with_mappings

    clouds = clouds_with_mappings()
    for at in named:
        cloud, environment = _place_of(at)
        if cloud not in clouds or not _is_id(environment):
            what = f"--at needs a cloud that can be imported and an environment, not '{visible(at)}'"
            return usage(what, f"name what the files are of, such as --at {clouds[0]},prod")
    return 0


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) is not None


def _import(options: argparse.Namespace, sources: Mapping[str, Sequence[TerraformFile]], target: Path | None) -> int:
    from archgen.commands.project_types import types_for
    from archgen.importing.modeling import in_usual_order
    from archgen.importing.resource_types import using_types

    by_place = in_usual_order({_place_of(at): files for at, files in sources.items()})
    types = types_for(target)
    if types is None:
        return UNUSABLE
    with using_types(types.types):
        return _import_with(options, by_place, target, types)


def _import_with(
    options: argparse.Namespace,
    by_place: Mapping[tuple[str, str], Sequence[TerraformFile]],
    target: Path | None,
    types: ProjectTypes,
) -> int:
    from archgen.importing.importing import Import

    added = None
    if target is not None:
        from archgen.commands.import_writing import add_environments

        added = add_environments(target, by_place, options.accept, options.name or "", types.model, today_of(options))
        imports = added.imports
    else:
        imports = [Import(files, *at, tuple(options.accept), options.name or "") for at, files in by_place.items()]
    if not (added and added.problems) and (
        missing := sorted(set.intersection(*(set(found.unknown_proposals) for found in imports)))
    ):
        what = f"there is no proposal '{visible(missing[0])}'"
        return usage(what, "run the command without --accept; it lists all proposals")
    _report(imports, options.format)
    if added is not None and added.has_no_component:
        say(
            f"no model is written, because no resource of {imports[0].environment} is a component that a model can have"
        )
        return types.write_stubs(imports) or FINDINGS
    if added is not None and (code := added.write() or types.write_stubs(imports)):
        return code
    complete = all(found.coverage.complete for found in imports)
    return CLEAN if complete or options.allow_unknown else FINDINGS


def _place_of(at: str) -> tuple[str, str]:
    """The cloud and the environment of `--at`."""
    cloud, _, environment = at.partition(",")
    return cloud, environment


def _report(imports: Sequence[Import], format_: str) -> None:
    """Print what the files cover: one report for each environment; as JSON a list if there are several."""
    from archgen.importing.report import as_json, as_text

    if format_ == "json":
        documents = [{"at": f"{i.cloud},{i.environment}", **json.loads(as_json(i.coverage))} for i in imports]
        print_out(json.dumps(documents if len(documents) > 1 else documents[0], indent=2, ensure_ascii=False) + "\n")
    else:
        print_out("\n".join(as_text(found.coverage) for found in imports))
