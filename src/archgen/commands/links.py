"""The command that checks a built site."""

from __future__ import annotations

import argparse
from pathlib import Path

from archgen.commands.shared import CLEAN, FINDINGS, say, usage
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import render, summary
from archgen.publishing.links import broken


def run(options: argparse.Namespace) -> int:
    """`archgen links`."""
    folder = Path(options.folder)
    if not folder.is_dir():
        return usage(f"there is no folder '{options.folder}'", "build a site first")
    found = for_people(folder).diagnostics(broken(folder))
    if found:
        say(f"{render(found, {})}\n\n{summary(found)}; archgen explain {found[0].code} says more")
        return FINDINGS
    print(f"{options.folder}: every link leads somewhere, and nothing is loaded from elsewhere.")
    return CLEAN
