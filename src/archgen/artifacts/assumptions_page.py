"""The assumptions page: every value that is not decided yet, by the team that has to decide it, with its line in the model."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._families import LAST
from archgen.artifacts._tables import subject
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.diagnostics.diagnostic import Path, dotted
from archgen.model.wording import counted, value_text

WITHOUT_PICTURES = True  # so these files can be made while pictures are drawn

LONG = 100  # in characters; of a longer value, the page lists only the keys


def emit(context: Context) -> Emitted:
    """One page; nothing if the model marks no assumptions."""
    rows = [
        row for path in dict.fromkeys(context.default.assumed) if (row := _describe_value(context, path)) is not None
    ]
    if not rows:
        return [], []
    rows.sort(key=lambda row: row["line"])
    owners = {**{id_: team.name for id_, team in context.document.teams.items()}, "": ""}
    groups = [(id_, name, [row for row in rows if row["owner"] == id_]) for id_, name in owners.items()]
    nav = Nav("Architecture", "Assumptions", LAST + 10)
    shown = [group for group in groups if group[-1]]
    return [context.page("assumptions", "assumptions.md", nav, (), groups=shown, total=len(rows))], []


def _describe_value(context: Context, path: Path) -> dict[str, Any] | None:
    """An assumed value for the template; None if the default coordinate does not have it."""
    node = context.default.tree.get(path)
    if node is None:
        return None
    place = node.key_span or node.span
    return {
        "subject": subject(dotted(path)),
        "value": _shorten(node.plain()),
        "owner": _find_owner(context, path),
        "line": place.line,
        "edit": context.edit_link(place),
    }


def _find_owner(context: Context, path: Path) -> str:
    """The ID of the team that owns a value: that of the innermost part around it with an owner; empty if none has one."""
    teams = context.document.teams
    if path[0] == "teams" and len(path) > 1 and str(path[1]) in teams:
        return str(path[1])
    component = context.default.components.get(str(path[1])) if path[0] == "components" and len(path) > 1 else None
    if component is not None and component.owner in teams:
        return component.owner
    for length in range(len(path), 0, -1):
        stated = context.default.tree.get((*path[:length], "owner"))
        if stated is not None and str(stated.plain()) in teams:
            return str(stated.plain())
    return ""


def _shorten(value: Any) -> str:
    """The text of a value; of a long mapping or list, what it consists of."""
    text = value_text(value)
    if len(text) <= LONG:
        return text
    if isinstance(value, dict):
        return f"{counted(len(value), 'setting')}: {', '.join(map(str, value))}"
    return counted(len(value), "value") if isinstance(value, list) else text
