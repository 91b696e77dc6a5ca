"""`archgen runbook`: list runbooks, print one, record a drill, or rehearse commands."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from archgen.commands.shared import (
    CLEAN,
    UNUSABLE,
    coordinate_of,
    print_or_write,
    read_model,
    say,
    show,
    unusable,
    usage,
)
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.report import visible
from archgen.model.coordinate import Coordinate

if TYPE_CHECKING:
    from archgen.model.resolve import Resolved
    from archgen.templating.render import Templates


def run(options: argparse.Namespace) -> int:
    """List the runbooks at a coordinate, print one, record a drill, or rehearse commands; returns the exit code."""
    from archgen.templating.render import TemplateFailure, Templates

    loaded = read_model(options)
    if loaded.project is None:
        return unusable(loaded)
    if options.action == "rehearse":
        from archgen.commands import runbook_rehearse

        return runbook_rehearse.run(options, loaded)
    if (options.action == "list") == bool(options.id):
        if options.action == "list":
            return usage("list takes no runbook", f"archgen runbook show {visible(options.id)}")
        return usage(f"{options.action} requires the ID of a runbook", "archgen runbook list prints all IDs")
    coordinate = coordinate_of(loaded, options.at)
    if coordinate is None:
        return UNUSABLE
    if options.action == "drill":
        from archgen.commands import runbook_drill

        return runbook_drill.run(options, loaded.project, coordinate)
    templates = Templates(loaded.project.templates)
    act = _runbook_list if options.action == "list" else _runbook_show
    try:
        return act(options, loaded.project.resolved, coordinate, templates)
    except TemplateFailure as failure:
        show([failure.diagnostic], loaded)
        return UNUSABLE


def _runbook_list(options: argparse.Namespace, resolved: Resolved, coordinate: Coordinate, templates: Templates) -> int:
    from archgen.runbooks.procedures import read

    today = options.today or datetime.now().astimezone().date().isoformat()
    rows = []
    for name, facts in resolved.architectures[coordinate].document.runbooks.items():
        front = read(templates, name).front
        due = f"{facts.due} overdue" if facts.due and facts.due < today else facts.due or ""
        rows.append((name, front.severity, front.title, facts.owner, due))
    if not rows:
        say(f"The model has no runbooks at {coordinate}.")
    widths = [max((len(row[n]) for row in rows), default=0) for n in range(4)]
    for row in rows:
        print("  ".join([*(visible(c).ljust(w) for c, w in zip(row, widths, strict=False)), row[4]]).rstrip())
    return CLEAN


def _runbook_show(options: argparse.Namespace, resolved: Resolved, coordinate: Coordinate, templates: Templates) -> int:
    from archgen.runbooks.procedures import read
    from archgen.runbooks.text import as_text

    architecture = resolved.architectures[coordinate]
    everywhere = {name for a in resolved.architectures.values() for name in a.document.runbooks}
    if options.id not in architecture.document.runbooks:
        if options.id in everywhere:
            message = f"the runbook '{options.id}' does not exist at {coordinate}"
            return usage(message, "choose a coordinate at which its component exists, with --at")
        return usage(f"unknown runbook '{visible(options.id)}'", did_you_mean(options.id, everywhere))
    return print_or_write(as_text(templates, read(templates, options.id), architecture), options.output)
