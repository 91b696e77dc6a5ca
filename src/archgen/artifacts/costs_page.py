"""The costs page: cost traps and ways to spend less, each with the settings that it is about."""

from __future__ import annotations

from archgen.artifacts._tables import subject
from archgen.artifacts.base import Context, Emitted, Nav


def emit(context: Context) -> Emitted:
    """One page, in a model that says something about costs."""
    costs = context.document.costs
    if not costs:
        return [], []
    rows = [{"id": name, "c": item, "about": [subject(text) for text in item.about]} for name, item in costs.items()]
    return [context.page("costs", "costs.md", Nav("Architecture", "Costs", 75), ("costs",), rows=rows)], []
