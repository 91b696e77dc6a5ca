"""Where hand-written pages embed something, and the values among that: what fills in pictures and tables takes long to load."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from archgen.analysis.settings import look_up, unknown
from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.model.coordinate import Axes, BadConditionError, Coordinate
from archgen.model.paths import parse_path
from archgen.model.resolve import Resolved

VALUE = "value"
_OPEN = re.compile(r"<!--\s*archgen:(?P<said>.*?)-->")
CLOSE = re.compile(r"<!--\s*/archgen\s*-->")
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


class BadEmbedError(Exception):
    """An embed that cannot be filled in, with the message and the help of the diagnostic."""

    def __init__(self, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.message, self.help = message, help_


def markers(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, content) of each opening marker that is not in code; positions are offsets in `text`."""
    fence, position = "", 0
    for line in text.splitlines(keepends=True):
        opened = _FENCE.match(line)
        if opened and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else opened.group(1)
        elif not fence:
            code = [match.span() for match in _CODE.finditer(line)]
            for marker in _OPEN.finditer(line):
                if not any(start <= marker.start() < end for start, end in code):
                    yield position + marker.start(), position + marker.end(), marker.group("said").strip()
        position += len(line)


def fill(name: str, text: str, content: Callable[[str], str]) -> tuple[str, list[Diagnostic]]:
    """The text of a page with every embed filled in, and a diagnostic for each that could not be.

    `content` returns what belongs between the markers, for what the first one says, and may raise BadEmbedError.
    """
    problems: list[Diagnostic] = []
    parts: list[str] = []
    position = 0
    for start, end, said in markers(text):
        close = CLOSE.search(text, end)
        following = _OPEN.search(text, end)
        if close is None or (following and following.start() < close.start()):
            problems.append(
                _diagnostic(name, text, start, "the embed is not closed", "close it with <!-- /archgen -->")
            )
            continue
        if start < position:
            continue
        try:
            filled = content(said)
        except BadEmbedError as broken:
            problems.append(_diagnostic(name, text, start, broken.message, broken.help))
            continue
        parts += [text[position:end], filled, close.group()]
        position = close.end()
    return "".join([*parts, text[position:]]), problems


def _diagnostic(name: str, text: str, start: int, message: str, help_: str) -> Diagnostic:
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    end = text.find("-->", start) + 3
    return Diagnostic("ARC-E001", message, help_, span=Span(name, line, column, line, column + end - start))


def arguments(axes: Axes, said: str) -> tuple[str, Coordinate]:
    """What is embedded and the coordinate, for what a marker says: its kind, then one argument at most. Raises BadEmbedError."""
    kind, *rest = said.split()
    what = [word for word in rest if not word.startswith("at=")]
    at = next((word[3:] for word in rest if word.startswith("at=")), "")
    if len(what) > 1:
        raise BadEmbedError(f"'{kind}' takes one argument, not {len(what)}", f"<!-- archgen: {kind} {what[0]} at=… -->")
    try:
        coordinate = axes.parse_at(at) if at else axes.default
    except BadConditionError as error:
        raise BadEmbedError(str(error), error.help) from None
    return what[0] if what else "", coordinate


def value(resolved: Resolved, what: str, coordinate: Coordinate) -> str:
    """The value at a path of the model as text. Raises BadEmbedError if there is none."""
    if not what:
        raise BadEmbedError(
            "'value' requires a path in the model", "write a path, such as value components.database.size"
        )
    found = look_up(resolved.architectures[coordinate], parse_path(what))
    if not found.exists:
        wrong = unknown(resolved, parse_path(what), coordinate)
        raise BadEmbedError(f"the model has no '{what}' at {coordinate}", wrong.help)
    return found.text
