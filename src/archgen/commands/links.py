"""`archgen links`: check the links of a built site."""

from __future__ import annotations

import argparse
from pathlib import Path

from archgen.commands.shared import CLEAN, FINDINGS, more_about, say, usage
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render
from archgen.publishing.links import broken


def run(options: argparse.Namespace) -> int:
    """Check the site in a folder; returns the exit code."""
    folder = Path(options.folder)
    if not folder.is_dir():
        return usage(f"the folder '{options.folder}' does not exist", "build a site first: archgen build")
    problems = for_people(folder).diagnostics(broken(folder))
    if problems:
        say(render(problems, {}))
        say(more_about(problems))
        return FINDINGS
    print(f"{options.folder}: all links work, and nothing is loaded from other servers.")
    return CLEAN
