"""`archgen terraform adopt`: propose a stack of the model for a folder of existing Terraform code."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from archgen.commands.shared import CLEAN, UNUSABLE, project_at, say
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.report import render, visible
from archgen.model.coordinate import Axes
from archgen.model.resolve import Resolved

if TYPE_CHECKING:
    from archgen.terraform.code import FolderCode


def run(options: argparse.Namespace) -> int:
    """Print the proposed stack, and on standard error what could not be matched; returns the exit code."""
    from archgen.terraform.adopting import proposals, stack_yaml
    from archgen.terraform.own_folders import FolderError, read_code

    found = project_at(options)
    if found is None:
        return UNUSABLE
    loaded, project, coordinate = found
    cloud, resolved = coordinate.cloud, project.resolved
    folder = Path(options.folder)
    directory = Path(os.path.relpath(os.path.realpath(folder), os.path.realpath(loaded.root))).as_posix()
    pattern = _pattern(directory, coordinate.environment, resolved.axes, loaded.root)
    try:
        code = read_code(folder, options.folder)
        values, file = _values(code, loaded.root, pattern, resolved.axes)
    except FolderError as error:
        say(render([Diagnostic(error.code, str(error), error.help, subject=options.folder)], {}))
        return UNUSABLE
    today = {environment: resolved.standing(cloud, environment) for environment in resolved.axes.environments}
    made = proposals(code.variables, values, today)
    settings = {"in": f"[{cloud}]"} if len(resolved.axes.clouds) > 1 else {}
    settings |= {"directory": pattern} | ({"outside": "true"} if pattern.startswith("../") else {})
    settings |= {"file": f'"{file}"'} if file else {}
    print(stack_yaml(_stack_id(folder, resolved), settings, made, coordinate.environment), end="")
    unmatched = [proposal for proposal in made if proposal.note]
    matched = sum(proposal.expression is not None for proposal in made)
    say(f"{matched} of {len(made)} variables come from facts of the model.")
    for proposal in unmatched:
        say(f"  {visible(proposal.name)}: {visible(proposal.note)}")
    return CLEAN


def _pattern(directory: str, environment: str, axes: Axes, root: Path) -> str:
    """The directory with {environment} in place of a folder that every environment has."""
    steps = directory.split("/")
    for position in (n for n, step in enumerate(steps) if step == environment and len(axes.environments) > 1):
        before, after = steps[:position], steps[position + 1 :]
        if all((root / "/".join([*before, name, *after])).is_dir() for name in axes.environments):
            return "/".join([*before, "{environment}", *after])
    return directory


def _values(
    code: FolderCode, root: Path, pattern: str, axes: Axes
) -> tuple[Mapping[str, Mapping[str, Any]], str | None]:
    """The values of each environment in the folder's variable files, and the pattern of the names of those of one environment."""
    from archgen.terraform.hcl import HclSyntaxError
    from archgen.terraform.own_folders import read_files
    from archgen.terraform.values_file import is_automatic, read_values

    values: dict[str, dict[str, Any]] = {}
    names: dict[str, list[str]] = {}
    for environment in axes.environments:
        folder = root / pattern.replace("{environment}", environment)
        files = read_files(folder, code.folder)
        apart = "{environment}" in pattern
        for name in sorted(files, key=lambda file: not is_automatic(file)):
            mentioned = [e for e in axes.environments if e in re.split(r"[^a-z0-9-]+", name.lower())]
            if mentioned != [environment] and not is_automatic(name) and not (apart and not mentioned):
                continue
            try:
                found = read_values(name, files[name])
            except HclSyntaxError as error:
                say(f"archgen: {visible(str(error))}; this file is left out")
                continue
            values.setdefault(environment, {}).update(found.values)
            if not is_automatic(name):
                names.setdefault(environment, []).append(name)
    patterns = {_file_pattern(each[0], environment) if len(each) == 1 else "" for environment, each in names.items()}
    usual = {"{environment}.tfvars.json"}
    return values, patterns.pop() if len(patterns) == 1 and patterns != usual and "" not in patterns else None


def _file_pattern(name: str, environment: str) -> str:
    return re.sub(rf"(?<![a-z0-9]){re.escape(environment)}(?![a-z0-9])", "{environment}", name)


def _stack_id(folder: Path, resolved: Resolved) -> str:
    """An ID for the stack from the name of the folder, which no other stack has."""
    words = re.findall(r"[a-z0-9]+", PurePosixPath(os.path.realpath(folder)).name.lower())
    base = "-".join(words)[:36].strip("-") or "adopted"
    terraform = resolved.default.document.terraform
    taken = terraform.stacks if terraform else {}
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 1000))) if name not in taken)
