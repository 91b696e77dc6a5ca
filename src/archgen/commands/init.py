"""`archgen init`: the files of a new project."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from archgen.commands.shared import CLEAN, UNUSABLE, say, today_of
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render
from archgen.publishing.new_project import choices, new_example, new_project, start


def run(options: argparse.Namespace) -> int:
    """Write the files; returns the exit code."""
    root = Path(options.folder)
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
