"""The decisions page: what was chosen, what is optional, what was deferred, and what would reopen each decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archgen.artifacts._families import LAST
from archgen.artifacts._tables import subject
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.document import Decision
from archgen.model.paths import parse_path, walk
from archgen.model.wording import listed

STATUS = {"chosen": "Chosen", "optional": "Optional", "deferred": "Deferred"}


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has no decisions."""
    decisions = context.document.decisions
    if not decisions:
        return [], []
    rows = [_row(context, name, decision) for name, decision in decisions.items()]
    groups = [(title, [row for row in rows if row["status"] == title]) for title in STATUS.values()]
    nav = Nav("Architecture", "Design decisions", LAST + 0)
    return [context.page("decisions", "decisions.md", nav, ("decisions",), groups=[g for g in groups if g[1]])], []


def _row(context: Context, name: str, decision: Decision) -> dict[str, Any]:
    place = context.default.stated_at("decisions", name)
    return {
        "id": name,
        "d": decision,
        "status": STATUS[decision.status],
        "about": [subject(text) for text in decision.about],
        "reasons": [*decision.reasons, *_reasons_elsewhere(context, decision)],
        "fold": _summarize_fold(decision),
        "line": place.line,
        "edit": context.edit_link(place),
    }


def _reasons_elsewhere(context: Context, decision: Decision) -> Iterator[str]:
    """The reasons that the model states for the parts that a decision is about, such as `clouds.aws.reasons`."""
    clouds = context.resolved.clouds
    paths = [path for path in map(parse_path, decision.about) if path[1:] and path[-1] == "reasons"]
    for path in paths:
        value, _ = walk(context.default, path)
        cloud = f"{clouds[str(path[1])].name}: " if path[0] == "clouds" and len(paths) > 1 and path[1] in clouds else ""
        yield from (
            (f"{cloud}{text}" for text in value if isinstance(text, str)) if isinstance(value, tuple | list) else ()
        )


def _summarize_fold(decision: Decision) -> str:
    """What the page folds below the choice, in words: what the model states about the decision, and where."""
    parts = (
        ("alternatives", decision.alternatives),
        ("when to reconsider it", decision.reopen_when),
    )
    names = [name for name, stated in parts if stated]
    text = listed([*names, "origin"])
    return text[:1].upper() + text[1:]
