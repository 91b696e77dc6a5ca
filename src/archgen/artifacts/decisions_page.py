"""The decisions page: what was chosen, what is optional, what was put off, and what would reopen each."""

from __future__ import annotations

from typing import Any

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.document import Decision
from archgen.model.paths import parse_path

STATUS = {"chosen": "Chosen", "optional": "Optional", "deferred": "Deferred"}


def emit(context: Context) -> Emitted:
    """One page, in a model with decisions."""
    decisions = context.document.decisions
    if not decisions:
        return [], []
    rows = [_row(context, name, decision) for name, decision in decisions.items()]
    groups = [(title, [row for row in rows if row["status"] == title]) for title in STATUS.values()]
    nav = Nav("Architecture", "Design decisions", 80)
    return [context.page("decisions", "decisions.md", nav, ("decisions",), groups=[g for g in groups if g[1]])], []


def _row(context: Context, name: str, decision: Decision) -> dict[str, Any]:
    place = context.default.stated_at("decisions", name)
    return {
        "id": name,
        "d": decision,
        "status": STATUS[decision.status],
        "about": [_subject(context, text) for text in decision.about],
        "line": place.line,
        "edit": context.edit_link(place),
    }


def _subject(context: Context, text: str) -> dict[str, str | None]:
    """A path, and the component's page where it leads into one."""
    path = parse_path(text)
    component = str(path[1]) if len(path) > 1 and path[0] == "components" else None
    return {"text": text, "page": f"components/{component}" if component else None}
