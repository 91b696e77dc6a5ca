"""`archgen init`: the files of a new project, and those with which GitHub or GitLab checks it."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from archgen.commands.shared import CLEAN, UNUSABLE, say, today_of, usage
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render
from archgen.publishing.ci_files import KEPT, ci_files, top_and_folder
from archgen.publishing.new_project import (
    MODEL,
    choices,
    existing,
    new_example,
    new_project,
    start,
    without_kept,
    write_all,
)


def run(options: argparse.Namespace) -> int:
    """Write the files; returns the exit code."""
    root = Path(options.folder)
    if not options.ci:
        return _new(options, root)
    try:
        top, folder = top_and_folder(root)
    except ValueError as error:
        return usage(str(error), "rename the folder, or write the workflows by hand")
    files = ci_files(options.ci, folder, MODEL)
    new = without_kept(top, files, (KEPT,))
    problems = existing(top, new, "archgen does not overwrite files here; delete this one to write it again")
    if problems:
        say(render(for_people(top).diagnostics(problems), {}))
        return UNUSABLE
    if not (root / MODEL).exists() or options.cloud or options.example:
        code = _new(options, root)
        if code != CLEAN:
            return code
    write_all(top, new)
    for name in sorted(new):
        print(top / name)
    if len(new) < len(files):
        say(f"Add the lines to {KEPT}, which exists:\n{files[KEPT].rstrip()}")
    return CLEAN


def _new(options: argparse.Namespace, root: Path) -> int:
    """Write the files of a new project; returns the exit code."""
    today = date.fromisoformat(today_of(options))
    if options.example:
        files = new_example(options.example, today)
    else:
        files = new_project(tuple((options.cloud or choices()[0]).split(",")), today)
    written, problems = start(root, files)
    if problems:
        say(render(for_people(root).diagnostics(problems), {}))
        return UNUSABLE
    for name in written:
        print(root / name)
    print(f"Next: {'' if options.folder == '.' else f'cd {options.folder}; '}archgen build")
    return CLEAN
