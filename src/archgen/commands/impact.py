"""`archgen impact`: the consequences of a failure."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from archgen.analysis.failure import Impact
from archgen.analysis.losses import losses, named
from archgen.commands.pictures import picture, wrong_theme
from archgen.commands.shared import UNUSABLE, print_or_write, project_at, show, usage
from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.diagnostics.report import visible
from archgen.draw.export import BINARY, SUFFIXES
from archgen.model.architecture import Architecture
from archgen.model.wording import with_article
from archgen.pipeline import draw_impact


def run(options: argparse.Namespace) -> int:
    """Print or write what stops when a component, a zone, a region or a site fails; returns the exit code."""
    there = project_at(options)
    if there is None:
        return UNUSABLE
    loaded, project, coordinate = there
    architecture = project.resolved.architectures[coordinate]
    loss = named(architecture, options.id)
    if loss is None:
        home = architecture.facts.home
        known = [word for loss in losses(architecture) for word in loss.words]
        return usage(
            f"'{visible(options.id)}' is not a component, a zone, a region, a site, a further network "
            f"or {with_article(home)} at {coordinate}",
            did_you_mean(options.id, list(dict.fromkeys(known))),
        )
    if isinstance(loss, Diagnostic):
        show([loss], loaded)
        return UNUSABLE
    impact = loss.impact()
    format_ = options.format or SUFFIXES.get(Path(options.output or "").suffix, "text")
    if (code := wrong_theme(options, format_)) is not None:
        return code
    if format_ in FORMATS:
        return print_or_write(FORMATS[format_](architecture, impact), options.output)
    if format_ in BINARY and not options.output:
        return usage(f"{format_} cannot be written to standard output", f"add -o impact.{format_}")
    drawing = draw_impact(architecture, impact, project.fonts)
    if drawing is None:
        return usage("nothing fails, so there is nothing to draw", "use --format text for details")
    return print_or_write(picture(drawing, format_, options, loaded), options.output)


def as_text(a: Architecture, impact: Impact) -> str:
    """The impact as text for a terminal."""
    lines = [f"{visible(impact.what)} fails at {a.coordinate}."]
    later = impact.after_failover
    for title, rows in (
        ("Fails", {name: "" for name in impact.failed if name not in later}),
        ("Fails until a failover", {name: later[name] for name in impact.failed if name in later}),
        ("Also stops", {name: why for name, why in impact.stopped.items() if name not in later}),
        ("Also stops until a failover", {n: f"{why}; {later[n]}" for n, why in impact.stopped.items() if n in later}),
        ("Degraded", impact.degraded),
        ("Cut off", impact.cut_off),
        ("Gets nothing new", impact.stale),
        ("Not known", {name: f"the model does not say {lacks[0].what}" for name, lacks in impact.unknown.items()}),
        ("May stop with them", impact.may_stop),
        ("May be cut off", impact.may_be_cut_off),
        ("May get nothing new", impact.may_be_stale),
    ):
        wide = max((len(a.components[name].title) for name in rows), default=0)
        lines += [f"\n{title}:"] if rows else []
        lines += [f"  {visible(a.components[n].title):<{wide}}  {visible(why)}".rstrip() for n, why in rows.items()]
    for title, broken in (
        ("Flows that break", impact.flows),
        ("Flows that wait in a queue and come late", impact.late),
        ("Flows that may break", impact.may_break),
    ):
        lines += [f"\n{title}:"] if broken else []
        for name, position in broken.items():
            flow = a.document.flows[name]
            lines.append(f"  {visible(flow.title)}, at step {position + 1}: {visible(flow.steps[position].text)}")
    lines += ["", *_conclusion(a, impact)]
    if impact.undirected:
        lines.append(f"Which way data goes is not stated for {', '.join(impact.undirected)}: more may get nothing new.")
    return "\n".join(lines).rstrip() + "\n"


def _conclusion(a: Architecture, impact: Impact) -> list[str]:
    """What settles the unknown, or why nothing fails."""
    if impact.lacks:
        known = len(a.components) - len(impact.unknown)
        rows = [f"  {visible(lack.what)}: {visible(lack.help)}" for lack in impact.lacks]
        return [
            f"The model says whether it fails for {known} of {len(a.components)} components. It does not state:",
            *rows,
        ]
    follows = (
        impact.stopped,
        impact.degraded,
        impact.cut_off,
        impact.stale,
        impact.may_stop,
        impact.may_be_stale,
        impact.flows,
    )
    if impact.failed:
        return [] if any(follows) else ["Nothing else stops, is degraded or gets nothing new."]
    if not impact.survivors:
        return (
            []
            if any(follows)
            else ["Nothing fails, because no component is there, and nothing needs a way through it."]
        )
    wide = max((len(a.components[name].title) for name in impact.survivors), default=0)
    rows = [f"  {visible(a.components[n].title):<{wide}}  {visible(why)}" for n, why in impact.survivors.items()]
    return ["Nothing fails:", *rows]


def as_json(a: Architecture, impact: Impact) -> str:
    """The impact as a JSON document."""
    data = {
        "format": "archgen-impact/1",
        "coordinate": str(a.coordinate),
        "what": impact.what,
        "failed": list(impact.failed),
        "stopped": dict(impact.stopped),
        "degraded": dict(impact.degraded),
        "flows": {name: position + 1 for name, position in impact.flows.items()},
        "late": {name: position + 1 for name, position in impact.late.items()},
        "cut_off": dict(impact.cut_off),
        "stale": dict(impact.stale),
        "unknown": {name: [{"what": k.what, "help": k.help} for k in lacks] for name, lacks in impact.unknown.items()},
        "may_stop": dict(impact.may_stop),
        "may_break": {name: position + 1 for name, position in impact.may_break.items()},
        "may_be_cut_off": dict(impact.may_be_cut_off),
        "may_be_stale": dict(impact.may_be_stale),
        "survivors": dict(impact.survivors),
        "undirected": list(impact.undirected),
        "after_failover": dict(impact.after_failover),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Architecture, Impact], str]] = {"text": as_text, "json": as_json}
