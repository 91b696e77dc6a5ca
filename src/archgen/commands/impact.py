"""The command that says what a failure does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from archgen.analysis.failure import Impact, of_component, of_zone
from archgen.commands.pictures import picture, wrong_theme
from archgen.commands.shared import UNUSABLE, print_or_write, project_at, usage
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.report import visible
from archgen.draw.export import BINARY, SUFFIXES
from archgen.model.architecture import Architecture
from archgen.pipeline import draw_impact


def run(options: argparse.Namespace) -> int:
    """`archgen impact`."""
    there = project_at(options)
    if there is None:
        return UNUSABLE
    loaded, project, coordinate = there
    architecture = project.resolved.architectures[coordinate]
    if options.id in architecture.components:
        found = of_component(architecture, options.id)
    elif options.id in architecture.zones:
        found = of_zone(architecture, options.id)
    else:
        known = [*architecture.components, *architecture.zones]
        return usage(
            f"there is no component and no zone '{visible(options.id)}' at {coordinate}",
            did_you_mean(options.id, known),
        )
    format_ = options.format or SUFFIXES.get(Path(options.output or "").suffix, "text")
    if (code := wrong_theme(options, format_)) is not None:
        return code
    if format_ in FORMATS:
        return print_or_write(FORMATS[format_](architecture, found), options.output)
    if format_ in BINARY and not options.output:
        return usage("say where it goes", f"add -o impact.{format_}")
    drawing = draw_impact(architecture, found, project.fonts)
    if drawing is None:
        return usage("nothing fails, so there is nothing to draw", "--format text says so too")
    return print_or_write(picture(drawing, format_, options, loaded), options.output)


def as_text(a: Architecture, found: Impact) -> str:
    """For a terminal."""
    lines = [f"{found.what} fails at {a.coordinate}."]
    for title, rows in (
        ("Fails", dict.fromkeys(found.failed, "")),
        ("Stops with it", found.stopped),
        ("Goes on with less", found.degraded),
    ):
        wide = max((len(a.components[name].title) for name in rows), default=0)
        lines += [f"\n{title}:"] if rows else []
        lines += [f"  {visible(a.components[n].title):<{wide}}  {visible(why)}".rstrip() for n, why in rows.items()]
    flows = a.document.flows
    lines += ["\nFlows that break:"] if found.flows else []
    for name, position in found.flows.items():
        step = flows[name].steps[position]
        lines.append(f"  {visible(flows[name].title)}, at step {position + 1}: {visible(step.text)}")
    if not (found.failed or found.stopped or found.degraded):
        lines.append("Nothing stops: whatever is there has a copy elsewhere.")
    return "\n".join(lines) + "\n"


def as_json(a: Architecture, found: Impact) -> str:
    """One document."""
    data = {
        "format": "archgen-impact/1",
        "coordinate": str(a.coordinate),
        "what": found.what,
        "failed": list(found.failed),
        "stopped": dict(found.stopped),
        "degraded": dict(found.degraded),
        "flows": {name: position + 1 for name, position in found.flows.items()},
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Architecture, Impact], str]] = {"text": as_text, "json": as_json}
