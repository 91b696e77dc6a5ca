"""`archgen import`: a model from what Terraform knows."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.commands.shared import CLEAN, FINDINGS, UNUSABLE, print_out, say, show, usage
from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render, visible
from archgen.model.wording import counted

if TYPE_CHECKING:
    from archgen.importing.importing import Import
    from archgen.importing.terraform_json import TerraformFile


def run(options: argparse.Namespace) -> int:
    """Print what the files cover and write the model if asked; returns the exit code, 1 if a resource has no place."""
    from archgen.importing.mappings import clouds_with_mappings
    from archgen.publishing.new_project import MODEL

    cloud, _, environment = (options.at or "").partition(",")
    clouds = clouds_with_mappings()
    if cloud not in clouds or not _is_id(environment):
        what = f"--at needs a cloud that can be imported and an environment, not '{visible(options.at or '')}'"
        return usage(what, f"name what the files are of, such as --at {clouds[0]},prod")
    target = Path(options.into) if options.into else None
    if target is not None and target.name != MODEL:
        return usage(f"the file of a model is called {MODEL}", f"for example: --into shop/{MODEL}")
    if target is not None and target.exists():
        return usage(
            f"{visible(str(target))} exists, and archgen import only writes new models", "choose a different folder"
        )
    sources = _read(options.files)
    if sources is None:
        return UNUSABLE
    return _import(options, sources, (cloud, environment), target)


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text) is not None


def _read(files: Sequence[str]) -> list[TerraformFile] | None:
    """What the files say; None after printing a diagnostic for each file that cannot be used."""
    from archgen.importing.terraform_json import UnusableError, read

    sources, problems = [], []
    for file in files:
        try:
            source = read(file)
        except UnusableError as error:
            problems.append(_problem("ARC-I001", f"{visible(str(error))}", error.help, file, error.line, error.column))
            continue
        if not source.resources:
            what = "it contains no resources"
            help_ = "a plan of a system that is up to date has none in old formats; give its state instead"
            problems.append(_problem("ARC-I002", what, help_, file))
        sources.append(source)
    problems += _twice(sources)
    if problems:
        say(render(problems, {}))
        return None
    return sources


def _twice(sources: Sequence[TerraformFile]) -> list[Diagnostic]:
    """A diagnostic for each file most of whose resources an earlier one has, too."""
    found = []
    for number, source in enumerate(sources):
        addresses = {resource.address for resource in source.resources}
        for earlier in sources[:number]:
            if len(addresses & {resource.address for resource in earlier.resources}) * 2 > len(addresses):
                what = f"it has mostly the same resources as {earlier.file}, so both are of one stack"
                found.append(_problem("ARC-I003", what, "give one file for each stack of one environment", source.file))
                break
    return found


def _problem(code: str, message: str, help_: str, file: str, line: int = 1, column: int = 1) -> Diagnostic:
    return Diagnostic(code, message, help=help_, span=Span(file, line, column, line, column))


def _import(
    options: argparse.Namespace, sources: Sequence[TerraformFile], at: tuple[str, str], target: Path | None
) -> int:
    from archgen.importing.importing import Import
    from archgen.importing.report import as_json, as_text

    found = Import(sources, *at, options.accept, options.name or "")
    if found.unknown_proposals:
        what = f"there is no proposal '{visible(found.unknown_proposals[0])}'"
        return usage(what, "run the command without --accept; it lists all proposals")
    coverage = found.coverage
    print_out(as_json(coverage) if options.format == "json" else as_text(coverage))
    if target is not None and (code := _write(target, found)):
        return code
    return CLEAN if coverage.complete or options.allow_unknown else FINDINGS


def _write(target: Path, found: Import) -> int:
    """Write a project that can be built at once; returns an exit code other than 0 if that is not possible."""
    from archgen.pipeline import check
    from archgen.project import load
    from archgen.publishing.new_project import new_import, start

    text = found.text()
    loaded = load(target, texts={target.name: text})
    if loaded.project is None:
        say("nothing is written, because archgen could not use the model that it made of the files:\n")
        show(loaded.diagnostics, loaded)
        return UNUSABLE
    errors = {finding.code for finding in check(loaded.project).findings if finding.severity == "error"}
    written, problems = start(target.parent, new_import(target.parent, found.text(errors)))
    if problems:
        say(render(for_people(target.parent).diagnostics(problems), {}))
        return UNUSABLE
    if errors:
        what = f"{counted(len(errors), 'rule')} would stop a build of the system as it is ({', '.join(sorted(errors))})"
        say(f"{what}; the model has them as warnings, under rules.severities")
    say("\n".join(visible(str(target.parent / name)) for name in written))
    where = "" if target.parent == Path() else f"cd {shlex.quote(str(target.parent))}; "
    say(
        f"Next: check what is `assumed`, say which environment is production, then: {where}archgen validate; archgen build"
    )
    return CLEAN
