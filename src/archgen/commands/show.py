"""`archgen show`: a value of the model at every coordinate, with the line where it is set."""

from __future__ import annotations

import argparse

from archgen.analysis.settings import look_up, unknown, vary
from archgen.commands.shared import CLEAN, UNUSABLE, project_at, show
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import visible
from archgen.model.paths import parse_path

LONGEST = 240  # characters of a value; a whole component would be longer


def run(options: argparse.Namespace) -> int:
    """Print the value; returns the exit code."""
    there = project_at(options)
    if there is None:
        return UNUSABLE
    loaded, project, coordinate = there
    resolved = project.resolved
    path = parse_path(options.path)
    if options.at:
        rows = [(str(coordinate), look_up(resolved.architectures[coordinate], path))]
    else:
        rows = [(variation.where, variation.found) for variation in vary(resolved, path)]
    if not any(value.exists for _where, value in rows):
        show([unknown(resolved, path, coordinate)], loaded)
        return UNUSABLE
    names = for_people(loaded.root)
    wide = max(len(where) for where, _found in rows)
    wider = min(60, max(len(value.text) for _where, value in rows))
    for where, value in rows:
        source = f"{names.of(value.file)}:{value.line}" if value.line else "default" if value.exists else ""
        print(f"{where:<{wide}}  {visible(shorten(value.text)):<{wider}}  {source}".rstrip())
    return CLEAN


def shorten(text: str) -> str:
    """`text` cut to LONGEST characters; `archgen export` prints the whole value."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
