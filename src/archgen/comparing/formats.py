"""Prints a Difference as text, Markdown or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pydantic_core import to_jsonable_python

from archgen.analysis.changes import ChangedSetting, Item
from archgen.comparing.comparison import Consequence, Difference
from archgen.diagnostics.diagnostic import Span, dotted
from archgen.diagnostics.report import visible
from archgen.model.coordinate import Coordinate
from archgen.model.wording import MISSING, value_text
from archgen.templating.escape import code, markdown

Revisions = tuple[str | None, str | None]

FORMAT = "archgen-comparison/1"
_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_KINDS = {
    "variable file": "Variable files",
    "manifest": "Kubernetes manifests",
    "picture": "Pictures",
    "parity row": "Parity rows",
    "runbook": "Runbooks",
    "rule": "Rules",
}


def as_text(d: Difference, revisions: Revisions = (None, None)) -> str:
    """A difference for a terminal: marks, names, old and new values, lines of the model."""
    lines = [" → ".join(_sides(d, revisions))]
    for title, items in (("Components", d.components), ("Connections", d.connections)):
        if items:
            lines += ["", title]
            lines += [line for item in items for line in _item_lines(item)]
    if d.settings:
        lines += ["", "Settings", *(f"  ~ {_setting(setting, 0)}" for setting in d.settings)]
    for title, found in _by_kind(d):
        lines += ["", title, *(f"  {c.name}{': ' if c.details else ''}{', '.join(c.details)}" for c in found)]
    if not d:
        lines += ["", "No differences."]
    return "".join(f"{visible(line)}\n" for line in lines)


def as_markdown(d: Difference, revisions: Revisions = (None, None)) -> str:
    """A difference for a pull request, in tables."""
    parts = [f"## {' → '.join(markdown(side) for side in _sides(d, revisions))}", ""]
    for title, items in (("Components", d.components), ("Connections", d.connections)):
        if items:
            parts += [f"### {title}", "", "| | What | | Line |", "| --- | --- | --- | --- |"]
            parts += [row for item in items for row in _item_rows(item)]
            parts.append("")
    if d.settings:
        parts += ["### Settings", "", "| Setting | Old | New | Line |", "| --- | --- | --- | --- |"]
        parts += [
            f"| {code(dotted(s.path))} | {_cell(s.old)} | {_cell(s.new)} | {_line(s.new_at or s.old_at)} |"
            for s in d.settings
        ]
        parts.append("")
    for title, found in _by_kind(d):
        parts += [f"### {title}", ""]
        parts += [
            f"- {code(c.name)}{': ' if c.details else ''}{', '.join(str(code(x)) for x in c.details)}" for c in found
        ]
        parts.append("")
    if not d:
        parts += ["No differences.", ""]
    return "\n".join(parts)


def as_json(d: Difference, revisions: Revisions = (None, None)) -> str:
    """A difference for programs, with typed values. Keys are added without a new version of the format, and never removed or changed."""
    data = {
        "format": FORMAT,
        "from": _coordinate(d.one, revisions[0]),
        "to": _coordinate(d.other, revisions[1]),
        "components": [_item(item) for item in d.components],
        "connections": [_item(item) for item in d.connections],
        "settings": [_plain(setting) for setting in d.settings],
        "consequences": [{"kind": c.kind, "name": c.name, "details": list(c.details)} for c in d.consequences],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Difference, Revisions], str]] = {"text": as_text, "markdown": as_markdown, "json": as_json}


def _by_kind(d: Difference) -> Iterator[tuple[str, list[Consequence]]]:
    for kind, title in _KINDS.items():
        if found := [c for c in d.consequences if c.kind == kind]:
            yield title, found


def _item_lines(item: Item) -> Iterator[str]:
    head = f"  {_MARKS[item.what]} {item.id}{f': {item.title}' if item.title else ''}"
    yield head if item.settings else f"{head}  ({_place(item.at)})"
    for setting in item.settings:
        yield f"      {_setting(setting, _depth(item))}"


def _setting(s: ChangedSetting, skip: int) -> str:
    at = s.new_at or s.old_at
    return f"{dotted(s.path[skip:])}: {value_text(s.old)} → {value_text(s.new)}{f'  ({_place(at)})' if at else ''}"


def _item_rows(item: Item) -> Iterator[str]:
    head = f"| {_MARKS[item.what]} {item.what} | {code(item.id)} | {markdown(item.title)} | {_line(item.at)} |"
    yield head
    for s in item.settings:
        name = code(dotted(s.path[_depth(item) :]))
        yield f"| | {name} | {_cell(s.old)} → {_cell(s.new)} | {_line(s.new_at or s.old_at)} |"


def _depth(item: Item) -> int:
    """The length of the prefix that the paths of an item's settings share: `components.api`, or `components.api.calls.database`."""
    return min(len(s.path) for s in item.settings) - 1 if "--" in item.id else 2


def _cell(value: Any) -> str:
    return MISSING if value is None else str(code(value_text(value)))


def _place(at: Span) -> str:
    return f"{at.file}:{at.line}"


def _line(at: Span | None) -> str:
    return str(code(_place(at))) if at else ""


def _sides(d: Difference, revisions: Revisions) -> tuple[str, ...]:
    """The two coordinates, each with its revision if one is given."""
    pairs = zip((d.one, d.other), revisions, strict=True)
    return tuple(f"{at} at {revision}" if revision is not None else str(at) for at, revision in pairs)


def _coordinate(c: Coordinate, revision: str | None) -> dict[str, str | None]:
    return {"cloud": c.cloud, "environment": c.environment, "phase": c.phase or None, "revision": revision}


def _item(item: Item) -> dict[str, Any]:
    return {
        "what": item.what,
        "id": item.id,
        "title": item.title,
        "file": item.at.file,
        "line": item.at.line,
        "settings": [_plain(setting) for setting in item.settings],
    }


def _plain(s: ChangedSetting) -> dict[str, Any]:
    return {
        "path": dotted(s.path),
        "old": to_jsonable_python(s.old),
        "new": to_jsonable_python(s.new),
        "old_line": s.old_at.line if s.old_at else None,
        "new_line": s.new_at.line if s.new_at else None,
        "file": (s.new_at or s.old_at).file if s.new_at or s.old_at else None,  # type: ignore[union-attr]
    }
