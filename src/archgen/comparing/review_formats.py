"""Prints a review as a comment for a code host, as Markdown or as JSON.

A text has at most MOST characters by construction: parts are added in the order of their importance as long as they fit, and the last
line says what was left out and which command shows it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from archgen.analysis.changes import ChangedSetting
from archgen.comparing.changed_part import LEGEND, picture
from archgen.comparing.dialects import DIALECTS, Dialect
from archgen.comparing.effects import TOPICS, Effect
from archgen.comparing.renames import ChangedPart
from archgen.comparing.review import Place, Review
from archgen.comparing.verdict import summary, tasks, verdict
from archgen.comparing.words import InlineCode, Words, code, plain, value_code
from archgen.diagnostics.diagnostic import Span, dotted, shortened
from archgen.model.coordinate import Coordinate
from archgen.rules.secrets import looks_secret, without_secrets

FORMAT = "archgen-review/1"
MODEL = "architecture.yaml"  # the name of a model if none is given
MOST = 60_000  # characters; GitHub refuses a comment with more than 65,536
_RESERVED = 1_200  # for the last lines
_MOST_OF_COMMAND = 180  # characters
_MOST_ROWS = 8  # statements of one topic before the rest is folded
_MOST_ROWS_OF_PLACE = 60
_SIGNS = {"worse": "▼", "better": "▲", "neutral": ""}
_LONG = 3  # items
_MARKS = {"added": "+", "removed": "−", "changed": "~", "renamed": "→"}


def as_comment(
    review: Review, format_: str, model: str = MODEL, base: str | None = None, options: Sequence[str] = ()
) -> str:
    """The text in the dialect of a code host; empty if nothing differs.

    `base` is the revision that the change is compared with, and `options` are the other options of the command that prints the same.
    """
    given = [*(() if model == MODEL else ("-m", model)), *(("--from-rev", base) if base else ()), *options]
    return _Comment(review, DIALECTS[format_], model, given).text() if review else ""


class _Comment:
    """Collects the parts of one comment within its limit."""

    def __init__(self, review: Review, dialect: Dialect, model: str, options: Sequence[str]) -> None:
        self._review, self._dialect, self._model, self._options = review, dialect, model, options
        self._parts: list[str] = []
        self._left = MOST - _RESERVED
        self._missing: dict[str, int] = {}

    def text(self) -> str:
        """The whole text."""
        self._add(f"{self._dialect.hidden(self._model)}**{self._dialect.words(verdict(self._review))}**\n")
        if items := tasks(self._review):
            body = "".join(f"- {self._dialect.words(item)}\n" for item in items)
            self._add(f"{self._heading('Before you approve')}{body}", "list of tasks")
        rest = self._consequences()
        self._plan()
        self._picture()
        for place in self._review.places:
            self._place(place)
        if rest:
            self._add_rows(("More consequences",), rest, self._header(), "consequence")
        self._add(self._last_lines(), reserved=True)
        return "\n".join(self._parts)

    def _add(self, text: str, what: str = "", *, reserved: bool = False) -> bool:
        """Add a part if it fits; otherwise, count it as left out."""
        if reserved or len(text) + 1 <= self._left:
            self._parts.append(text)
            self._left -= len(text) + 1
            return True
        self._missing[what] = self._missing.get(what, 0) + 1
        return False

    def _heading(self, text: str) -> str:
        return f"#### {text}\n\n"

    # -- consequences ------------------------------------------------------------------------------------

    def _consequences(self) -> list[str]:
        """Add the table of consequences, the first of each topic; returns the other rows."""
        shown: list[str] = []
        rest: list[str] = []
        half = self._left // 2
        for topic in TOPICS:
            effects = [e for e in self._review.effects if e.topic == topic]
            for number, effect in enumerate(_important_first(effects)):
                row = self._row(effect)
                fits = number < _MOST_ROWS and sum(map(len, shown)) + len(row) < half
                (shown if fits else rest).append(row)
        if shown:
            self._add(f"{self._heading('What follows')}{self._header()}{''.join(shown)}", "table of consequences")
        return rest

    def _header(self) -> str:
        return "| | | What | Where |\n| --- | --- | --- | --- |\n" if self._dialect.tables else ""

    def _row(self, effect: Effect) -> str:
        d = self._dialect
        where = self._where(effect.at)
        line: Words = (" (", code(f"{effect.place.file}:{effect.place.line}"), ")") if effect.place else ()
        sign, title, what = _SIGNS[effect.way], TOPICS[effect.topic], d.words((*effect.words, *line))
        if d.tables:
            return f"| {sign} | {title} | {what} | {where} |\n"
        return f"- {sign}{' ' if sign else ''}{title}: {what}{f' ({where})' if where else ''}\n"

    def _where(self, at: Iterable[Coordinate]) -> str:
        found = self._review.words.words(at)
        return ", ".join("everywhere" if text == "everywhere" else self._dialect.words((code(text),)) for text in found)

    def _plan(self) -> None:
        """Add how much of the plan was compared, because no differences in nothing compared would say nothing."""
        if plan := self._review.plan:
            body = "".join(f"- {self._dialect.words(words)}\n" for words in plan.coverage)
            title: Words = ("What was compared with the plan at ", code(str(plan.at)))
            self._add(self._dialect.folded(title, body), "coverage of the plan")

    # -- the picture -------------------------------------------------------------------------------------

    def _picture(self) -> None:
        drawn = picture(self._review) if self._dialect.pictures else None
        if drawn is None:
            return
        left_out = [
            f"{number} {what}"
            for number, what in (
                (drawn.differing_left_out, "components that differ"),
                (drawn.neighbors_left_out, "neighbors"),
            )
            if number
        ]
        note = f" Not drawn: {', '.join(left_out)}." if left_out else ""
        text = f"```mermaid\n{drawn.text}```\n\n{self._dialect.words((LEGEND + note,))}\n"
        self._add(f"{self._heading('Changed components and their neighbors')}{text}", "picture")

    # -- details -----------------------------------------------------------------------------------------

    def _place(self, place: Place) -> None:
        """Add what differs at a place, with the lines of the model."""
        where = ", ".join(self._review.words.words(place.here))
        title: Words = (code(where), f": {summary(place)}")
        rows = [*self._items(place.changes.components), *self._items(place.changes.connections)]
        rows += [self._setting(s, "", s.path) for s in place.changes.settings]
        if rows:
            self._add_rows(title, rows, self._details_header(), "part of the details")

    def _details_header(self) -> str:
        return "| | What | Old | New | Line |\n| --- | --- | --- | --- | --- |\n" if self._dialect.tables else ""

    def _items(self, parts: Iterable[ChangedPart]) -> Iterator[str]:
        for part in parts:
            name: Words = (code(part.id), *((f" {part.title}",) if part.title else ()))
            old: Words = (code(part.formerly),) if part.formerly else ()
            yield self._detail(_MARKS[part.how], name, old, (code(part.id),) if part.formerly else (), part.at)
            skip = 2 if part.how != "renamed" and "--" not in part.id else 0
            yield from (self._setting(s, part.id, s.path[skip:]) for s in part.settings)

    def _setting(self, s: ChangedSetting, _about: str, path: tuple[str | int, ...]) -> str:
        old, new = ((value_code(s.path, value),) for value in _parts_that_differ(s))
        return self._detail("", (code(dotted(path)),), old, new, s.new_at or s.old_at)

    def _detail(self, mark: str, what: Words, old: Words, new: Words, at: Span | None) -> str:
        d = self._dialect
        line = d.words((code(f"{at.file}:{at.line}"),)) if at else ""
        if d.tables:
            return f"| {mark} | {d.words(what)} | {d.words(old)} | {d.words(new)} | {line} |\n"
        values = f": {d.words(old)} → {d.words(new)}" if old or new else ""
        indent = "" if mark else "    "
        return f"{indent}- {mark}{' ' if mark else ''}{d.words(what)}{values}{f' ({line})' if line else ''}\n"

    def _add_rows(self, title: Words, rows: list[str], header: str, what: str) -> None:
        """Add rows under a title, as many as fit; the others are counted as left out."""
        body, room = header, self._left - 400
        kept = 0
        for row in rows:
            if kept >= _MOST_ROWS_OF_PLACE or len(body) + len(row) > room:
                break
            body += row
            kept += 1
        if kept:
            kept = kept if self._add(self._dialect.folded(title, body), what) else 0
        if kept < len(rows):
            self._missing["row"] = self._missing.get("row", 0) + len(rows) - kept

    def _last_lines(self) -> str:
        """What was left out, how to see it, and what a comparison of models cannot know."""
        d = self._dialect
        left = [f"{n} {what}{'s' if n > 1 and what == 'row' else ''}" for what, n in self._missing.items()]
        command = shlex.join(["archgen", "review", *self._options, "--format", "json"])
        words: Words = ("All of it: ", InlineCode(shortened(command, _MOST_OF_COMMAND)), ".")
        if left:
            words = (f"Left out to stay within {MOST:,} characters: {', '.join(left)}. ", *words)
        known = "▼ is for the worse or less strict, ▲ is better. Only a Terraform plan shows whether a changed value replaces a resource."
        return f"{d.words(words)}\n\n{d.words((known,))}\n"


def _parts_that_differ(s: ChangedSetting) -> tuple[Any, Any]:
    """Both values; of long lists only the items that the other one does not have."""
    if not all(isinstance(value, tuple) and len(value) > _LONG for value in (s.old, s.new)):
        return s.old, s.new
    old, new = (tuple(i for i in one if i not in other) for one, other in ((s.old, s.new), (s.new, s.old)))
    return (old, new) if old or new else (s.old, s.new)  # only the order differs


def _important_first(effects: list[Effect]) -> list[Effect]:
    order = ("worse", "better", "neutral")
    return sorted(effects, key=lambda effect: order.index(effect.way))


# -- JSON ------------------------------------------------------------------------------------------------


def as_json(review: Review, model: str = MODEL, base: str | None = None) -> str:
    """The review for programs, complete. Keys are added without a new version of the format, and never removed or changed."""
    data = {
        "format": FORMAT,
        "model": model,
        "base": base,
        "changed": bool(review),
        "verdict": plain(verdict(review)) if review else "",
        "tasks": [plain(words) for words in tasks(review)] if review else [],
        "consequences": [_consequence(effect, review) for effect in review.effects],
        "places": [_plain_place(place, review) for place in review.places],
        "drift": review.plan.document if review.plan else None,
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _consequence(e: Effect, review: Review) -> dict[str, Any]:
    return {
        "topic": e.topic,
        "way": e.way,
        "severity": e.level if e.topic == "finding" and e.level else None,
        "text": plain(e.words),
        "about": list(e.about),
        "file": e.place.file if e.place else None,
        "line": e.place.line if e.place else None,
        "where": list(review.words.words(e.at)),
        "coordinates": [_coordinate(c) for c in sorted(e.at)],
    }


def _coordinate(c: Coordinate | None) -> dict[str, str | None] | None:
    return None if c is None else {"cloud": c.cloud, "environment": c.environment, "phase": c.phase or None}


def _plain_place(place: Place, review: Review) -> dict[str, Any]:
    return {
        "where": list(review.words.words(place.here)),
        "today": place.today,
        "summary": summary(place),
        "pairs": [{"from": _coordinate(p.one), "to": _coordinate(p.other)} for p in place.pairs],
        "components": [_plain_part(part) for part in place.changes.components],
        "connections": [_plain_part(part) for part in place.changes.connections],
        "settings": [_plain_setting(s) for s in place.changes.settings],
    }


def _plain_part(part: ChangedPart) -> dict[str, Any]:
    return {
        "what": part.how,
        "id": part.id,
        "formerly": part.formerly or None,
        "title": without_secrets(part.title),
        "file": part.at.file,
        "line": part.at.line,
        "settings": [_plain_setting(s) for s in part.settings],
    }


def _plain_setting(s: ChangedSetting) -> dict[str, Any]:
    at = s.new_at or s.old_at
    return {
        "path": dotted(s.path),
        "old": _plain_value(s, s.old),
        "new": _plain_value(s, s.new),
        "file": at.file if at else None,
        "line": at.line if at else None,
    }


def _plain_value(s: ChangedSetting, value: Any) -> Any:
    """The value with its type; the text of a secret is not printed."""
    return "(secret)" if looks_secret([str(step) for step in s.path], str(value)) else to_jsonable_python(value)
