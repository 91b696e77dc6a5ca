"""The parity table: how each cloud meets each capability, in the words of the model, checked against its components."""

from __future__ import annotations

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.parity import NONE, STATUS, heads, rows


def emit(context: Context) -> Emitted:
    """One page, in a model with capabilities."""
    found = rows(context.resolved)
    if not found:
        return [], []
    page = context.page(
        "parity",
        "parity.md",
        Nav("Parity", "Parity", 0),
        ("capabilities",),
        rows=[
            {
                "id": row.id,
                "name": row.name,
                "sides": [{"text": side.text or NONE, "products": side.products} for side in row.sides],
                "status": STATUS[row.status],
                "mark": row.status,
                "note": row.note,
                "providers": row.providers,
                "line": row.at.line,
                "edit": context.edit_link(row.at),
            }
            for row in found
        ],
        heads=heads(context.resolved),
        counts={label: sum(STATUS[row.status] == label for row in found) for label in STATUS.values()},
    )
    return [page], []
