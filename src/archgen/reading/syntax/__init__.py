"""Finding the cause of a YAML syntax error.

libyaml reports the rule of its grammar that failed, often lines after the cause. Each function listed here recognizes one type of
fault and returns None for others; the first result is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from archgen.reading.syntax import brackets, lines, scalars
from archgen.reading.syntax.complaint import Fault, SyntaxComplaint

_KEY = re.compile(r"[\w\"'$][^\n]*?:(\s|$)")

Block = tuple[int, int]  # the first line, and the one after the last

_FAULTS: tuple[Callable[[SyntaxComplaint], Fault | None], ...] = (
    scalars.tab,
    scalars.template,
    scalars.directive,
    scalars.escape,
    scalars.quote,
    scalars.block_header,
    brackets.bracket,
    scalars.beyond,
    scalars.cannot_start,
    lines.no_colon,
    lines.second_colon,
    lines.list_on_line,
    lines.expected_entry,
    lines.after_document,
    lines.no_value,
)


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[Fault, Block | None]:
    """The fault in a text that libyaml rejects, and the lines of the top-level block that contains it; None if it is in none."""
    mark = error.problem_mark or error.context_mark
    began = error.context_mark or mark
    at = (mark.line, mark.column) if mark else (0, 0)
    since = (began.line, began.column) if began else at
    last = text.count("\n")
    complaint = SyntaxComplaint(text, str(error.problem), str(error.context or ""), min(at, (last, at[1])), since)
    for fault in _FAULTS:
        if cause := fault(complaint):
            return cause, _block(complaint, cause.place[0])
    help_ = "look for an unclosed quote or bracket above"
    unknown = Fault(f"this is not valid YAML: {complaint.problem}", help_, complaint.at)
    return unknown, _block(complaint, unknown.place[0])


def _block(c: SyntaxComplaint, row: int) -> Block | None:
    """The lines from the last key at the left margin above `row` up to the next one, which an unclosed quote may have swallowed."""
    lines = c.text.split("\n")
    starts = [number for number, line in enumerate(lines) if _KEY.match(line)]
    first = c.found[0] if c.found else None
    if first is None or not (_KEY.match(lines[first.start[0]]) or first.kind == "---"):
        return None
    start = max((number for number in starts if number <= row), default=None)
    return None if start is None else (start, min((n for n in starts if n > start), default=len(lines)))
