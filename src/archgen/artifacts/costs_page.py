"""The cost page: budgets, cost traps and savings with the settings they concern, and what each phase adds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from archgen.artifacts._families import LAST
from archgen.artifacts._tables import subject
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has neither costs nor budgets."""
    costs = context.document.costs
    if not costs and not any(e.monthly_budget_usd for e in context.document.environments.values()):
        return [], []
    rows = [{"id": name, "c": item, "about": [subject(text) for text in item.about]} for name, item in costs.items()]
    page = context.page(
        "costs",
        "costs.md",
        Nav("Operate", "Cost and how to reduce it", LAST + 30),
        ("costs",) if costs else ("environments",),
        rows=rows,
        budgets=[e for e in context.document.environments.values() if e.monthly_budget_usd],
        phases=list(_phases(context)),
    )
    return [page], []


def _phases(context: Context) -> Iterator[dict[str, Any]]:
    """A row for each phase after the first: the components that it adds, or whose products it changes, on each cloud."""
    axes = context.axes
    for before, phase in itertools.pairwise(axes.phases):
        clouds = []
        for cloud in axes.clouds:
            old, new = (
                context.resolved.architectures[Coordinate(cloud, axes.environments[-1], p)] for p in (before, phase)
            )
            added = [n for n in new.components if n not in old.components]
            kept = [n for n in new.components if n in old.components]
            grown = [n for n in kept if new.products_of(new.components[n]) != old.products_of(old.components[n])]
            clouds.append(
                {"name": new.facts.name, "added": _component_rows(new, added), "grown": _component_rows(new, grown)}
            )
        facts = context.document.phases[phase]
        yield {"name": facts.name, "brings": facts.brings, "clouds": clouds}


def _component_rows(a: Architecture, names: list[str]) -> list[dict[str, str]]:
    products = a.catalog.products
    return [
        {
            "id": name,
            "title": a.components[name].title,
            "products": ", ".join(products[p].short for p in a.products_of(a.components[name])),
        }
        for name in names
    ]
