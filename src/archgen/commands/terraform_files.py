"""Reads the states and plans of Terraform that are given to a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from archgen.commands.shared import say
from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.diagnostics.report import render, visible

if TYPE_CHECKING:
    from archgen.importing.terraform_json import TerraformFile


def read_files(
    files: Sequence[str], are_alike: Callable[[TerraformFile, TerraformFile], bool], once: str
) -> list[TerraformFile] | None:
    """What the files say; None after printing a diagnostic for each file that cannot be used.

    `are_alike` says whether a file and an earlier one cannot both be given, and `once` what to give instead.
    """
    from archgen.importing.terraform_json import UnusableError, read

    sources: list[TerraformFile] = []
    problems: list[Diagnostic] = []
    for file in files:
        try:
            source = read(file)
        except UnusableError as error:
            problems.append(_problem("ARC-I001", visible(str(error)), error.help, file, error.line, error.column))
            continue
        if not source.resources:
            help_ = "a plan of a system that is up to date has none in old formats; give its state instead"
            problems.append(_problem("ARC-I002", "it contains no resources", help_, file))
        sources.append(source)
    for number, source in enumerate(sources):
        if earlier := next((other for other in sources[:number] if are_alike(source, other)), None):
            what = f"it has mostly the same resources as {earlier.file}, so both are of one stack"
            problems.append(_problem("ARC-I003", what, once, source.file))
    if problems:
        say(render(problems, {}))
        return None
    return sources


def _problem(code: str, message: str, help_: str, file: str, line: int = 1, column: int = 1) -> Diagnostic:
    return Diagnostic(code, message, help=help_, span=Span(file, line, column, line, column))
