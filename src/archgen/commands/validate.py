"""`archgen validate`: report what is wrong with a model, and with `--fix` fix what can be fixed safely."""

from __future__ import annotations

import argparse

from archgen.commands.shared import (
    UNUSABLE,
    exit_code,
    for_machines,
    read_model,
    say,
    say_what_was_not_checked,
    show,
    today_of,
)
from archgen.diagnostics.places import for_people
from archgen.model.wording import counted
from archgen.pipeline import check
from archgen.project import Loaded


def run(options: argparse.Namespace) -> int:
    """Validate; returns the exit code."""
    loaded = read_model(options)
    if options.fix and loaded.project:
        loaded = _fix(options, loaded)
    if loaded.project is None:
        for_machines(options.format, loaded.root, loaded.diagnostics) if options.format != "text" else show(
            loaded.diagnostics, loaded
        )
        return UNUSABLE
    checked = check(loaded.project, today_of(options))
    if options.format != "text":
        for_machines(options.format, loaded.root, checked.findings, checked.waived)
    elif checked.findings:
        show(checked.findings, loaded)
    else:
        resolved = loaded.project.resolved
        size = (
            f"{counted(len(resolved.default.components), 'component')}, {counted(len(resolved.axes.all), 'coordinate')}"
        )
        waived = f", {counted(len(checked.waived), 'finding')} waived" if checked.waived else ""
        print(f"{for_people(loaded.root).of(loaded.files.main.file)} is valid: {size}{waived}.")
    say_what_was_not_checked(loaded.project)
    return exit_code(checked.findings, options.fail_on)


def _fix(options: argparse.Namespace, loaded: Loaded) -> Loaded:
    """Apply all safe fixes; returns the model, read again if a file has changed."""
    from archgen.checking.fixes import fixed_files
    from archgen.system.outfile import write_in_project

    assert loaded.project is not None
    changed, fixes = fixed_files(loaded.project, check(loaded.project, today_of(options)).findings)
    for name, text in changed.items():
        write_in_project(loaded.project.root, name, text.encode())
    for fix in fixes:
        file, _, what = fix.partition(":")
        say(f"fixed {for_people(loaded.root).of(file)}:{what}")
    return read_model(options) if changed else loaded
