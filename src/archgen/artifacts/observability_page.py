"""The observability page: signals and where they are stored, objectives, alerts, and who is on call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from archgen.artifacts._dashboards import console_links, dashboard_links
from archgen.artifacts._families import LAST
from archgen.artifacts._pictures import pictures
from archgen.artifacts._tables import titles
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.kinds.observability import Observability
from archgen.model.architecture import Architecture
from archgen.model.operations import ObservabilityFacts


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has neither objectives, alerts nor on-call teams, and nothing for the view."""
    facts = context.document.observability
    if facts == ObservabilityFacts() and "observability" not in context.views:
        return [], []
    page = context.page(
        "observability",
        "observability.md",
        Nav("Operate", "Observability", LAST + 0),
        ("observability",) if context.default.tree.get(("observability",)) else ("components",),
        facts=facts,
        question=context.every_view["observability"].question,
        stores=[row for cloud in context.axes.clouds for row in _stores(context, cloud)],
        titles=titles(context),
        dashboards={id_: dashboard_links(context, id_) for id_ in facts.dashboards},
        consoles=console_links(context),
        tabs=pictures(context, "observability", "observability") if "observability" in context.views else [],
    )
    return [page], []


def _stores(context: Context, cloud: str) -> Iterator[dict[str, Any]]:
    """A row for each component that keeps signals in the last environment, and for each later phase that changes what it keeps them in."""
    before: dict[str, dict[str, Any]] = {}
    for a in _from_now_on(context, cloud):
        for name, component in a.components.items():
            if isinstance(component, Observability):
                row = {
                    "cloud": a.facts.name,
                    "title": component.title,
                    "id": name,
                    "signals": component.signals,
                    "products": [context.catalog.products[id_] for id_ in a.products_of(component)],
                }
                if row != before.get(name):
                    yield row | {"phase": a.phase.name if a.phase else ""}
                before[name] = row


def _from_now_on(context: Context, cloud: str) -> list[Architecture]:
    """The last environment on a cloud in its current phase and in each later one."""
    now = context.resolved.standing(cloud, context.axes.environments[-1])
    phases = context.axes.phases
    later = phases[phases.index(now.coordinate.phase) + 1 :]
    return [now, *(context.resolved.architectures[replace(now.coordinate, phase=phase)] for phase in later)]
