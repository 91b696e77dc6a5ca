"""The security page: every control, how each cloud implements it, and which settings of the model prove it."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._tables import subject
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.document import Control
from archgen.model.wording import MISSING

AREAS = {
    "identity": "Identity",
    "perimeter": "Perimeter",
    "secrets": "Secrets",
    "encryption": "Encryption",
    "kubernetes": "Kubernetes",
    "audit": "Audit and logging",
    "data": "Data protection",
}


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has no controls."""
    controls = context.document.controls
    if not controls:
        return [], []
    rows = [(control.area, _row(context, name, control)) for name, control in controls.items()]
    groups = [(title, [row for of, row in rows if of == area]) for area, title in AREAS.items()]
    nav = Nav("Security", "Security and compliance", 0)
    heads = [context.resolved.clouds[cloud].name for cloud in context.axes.clouds]
    shown = [group for group in groups if group[1]]
    return [context.page("security", "security.md", nav, ("controls",), groups=shown, heads=heads)], []


def _row(context: Context, name: str, control: Control) -> dict[str, Any]:
    place = context.default.stated_at("controls", name)
    sides = [control.on(cloud) for cloud in context.axes.clouds]
    return {
        "id": name,
        "c": control,
        "sides": [
            {"text": side.text, "products": [context.catalog.products[id_] for id_ in side.products]}
            if side
            else {"text": MISSING, "products": []}
            for side in sides
        ],
        "proven_by": [subject(text) for text in control.proven_by],
        "line": place.line,
        "edit": context.edit_link(place),
    }
