"""The assumptions page: every value that is not decided yet, with its line in the model."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._families import LAST
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.diagnostics.diagnostic import dotted
from archgen.model.wording import value_text


def emit(context: Context) -> Emitted:
    """One page; nothing if the model marks no assumptions."""
    rows: list[dict[str, Any]] = []
    for path in dict.fromkeys(context.default.assumed):
        node = context.default.tree.get(path)
        if node is None:  # the default coordinate does not have it
            continue
        place = node.key_span or node.span
        rows.append(
            {
                "path": dotted(path),
                "value": value_text(node.plain()),
                "line": place.line,
                "edit": context.edit_link(place),
            }
        )
    if not rows:
        return [], []
    rows.sort(key=lambda row: row["line"])
    return [
        context.page("assumptions", "assumptions.md", Nav("Architecture", "Assumptions", LAST + 10), (), rows=rows)
    ], []
