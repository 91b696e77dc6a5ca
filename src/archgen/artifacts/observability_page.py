"""The observability page: signals and where they are stored, objectives, alerts, and who is on call."""

from __future__ import annotations

from archgen.artifacts._dashboards import console_links, dashboard_links
from archgen.artifacts._families import LAST
from archgen.artifacts._pictures import pictures
from archgen.artifacts._tables import titles
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.kinds.observability import Observability
from archgen.model.operations import ObservabilityFacts


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has neither objectives, alerts nor on-call teams, and nothing for the view."""
    facts = context.document.observability
    if facts == ObservabilityFacts() and "observability" not in context.views:
        return [], []
    stores = []
    for cloud in context.axes.clouds:
        for a in (
            context.resolved.standing(cloud, context.axes.environments[-1]),
            context.resolved.horizon(context.resolved.standing(cloud, context.axes.environments[-1]).coordinate),
        ):
            stores += [
                {
                    "cloud": a.facts.name,
                    "phase": a.phase.name if a.phase else "",
                    "title": component.title,
                    "id": name,
                    "signals": component.signals,
                    "products": [context.catalog.products[id_] for id_ in a.products_of(component)],
                }
                for name, component in a.components.items()
                if isinstance(component, Observability)
            ]
    page = context.page(
        "observability",
        "observability.md",
        Nav("Operate", "Observability", LAST + 0),
        ("observability",) if context.default.tree.get(("observability",)) else ("components",),
        facts=facts,
        stores=[row for n, row in enumerate(stores) if row not in stores[:n]],
        titles=titles(context),
        dashboards={id_: dashboard_links(context, id_) for id_ in facts.dashboards},
        consoles=console_links(context),
        tabs=pictures(context, "observability", "observability") if "observability" in context.views else [],
    )
    return [page], []
