"""The parity table: how each cloud meets each capability, in the words of the model, checked against its components."""

from __future__ import annotations

from typing import Any

from archgen.artifacts.base import Artifact, Context, Emitted, Nav
from archgen.catalog import clouds
from archgen.model.document import Capability, CapabilitySide

STATUS = {"equivalent": "Equivalent", "partial": "Partly equivalent", "gap": "Gap"}


def emit(context: Context) -> Emitted:
    """One page, in a model with capabilities."""
    if not context.document.capabilities:
        return [], []
    rows = [_row(context, name, capability) for name, capability in context.document.capabilities.items()]
    primary = context.axes.primary
    heads = [
        f"{clouds()[cloud].name} (this design)" if cloud == primary else f"{clouds()[cloud].name} equivalent"
        for cloud in context.axes.clouds
    ]
    page: Artifact = context.page(
        "parity",
        "parity.md",
        Nav("Parity", "Parity", 0),
        ("capabilities",),
        rows=rows,
        heads=heads,
        counts={label: sum(row["status"] == label for row in rows) for label in STATUS.values()},
    )
    return [page], []


def _row(context: Context, name: str, capability: Capability) -> dict[str, Any]:
    providers = {
        component: title
        for architecture in context.resolved.architectures.values()
        for component, title in ((n, c.title) for n, c in architecture.providers(name))
    }
    place = context.default.stated_at("capabilities", name)
    return {
        "id": name,
        "name": capability.name,
        "sides": [_side(context, getattr(capability, cloud)) for cloud in context.axes.clouds],
        "status": STATUS[capability.status],
        "mark": capability.status,
        "note": capability.note,
        "providers": providers,
        "line": place.line,
        "edit": context.edit_link(place),
    }


def _side(context: Context, side: CapabilitySide | None) -> dict[str, Any]:
    if side is None:
        return {"text": "—", "products": []}
    return {"text": side.text, "products": [context.catalog.products[id_] for id_ in (*side.products, *side.later)]}
