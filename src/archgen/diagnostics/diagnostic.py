"""How every stage complains: a Diagnostic names a model path, a code, what is wrong and what to do about it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Path = tuple[str | int, ...]
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")  # the gravest first
OWN = "OWN-"  # the codes of a project's own rules begin with it, and end with the rule's id


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text: file, then 1-based line and column of its first and of its last character plus one.

    Columns count code points.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    `path` is where in the model (keys and list positions); `span` where in a file, filled in last. `related` names
    further places, each with what it has to do with this one. `where` lists the coordinates at which it holds, empty
    when it holds at all of them.
    """

    code: str
    message: str
    help: str = ""
    path: Path = ()
    severity: Severity = "error"
    span: Span | None = None
    related: tuple[tuple[str, Span], ...] = ()
    where: tuple[str, ...] = ()
    subject: str = ""  # the file it is about, where no span says so
    fix: str | None = None  # what `--fix` writes in place of the value at the span, where that is safe

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", _readable(self.message))
        object.__setattr__(self, "help", _readable(self.help))


def dotted(path: Path) -> str:
    """`("zones", 0, "name")` as `zones[0].name`, as people write it."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


LONG, LONG_WORD, LONG_SENTENCE = 60, 160, 1000


def shortened(text: object, limit: int = LONG) -> str:
    """A value of the model in a sentence: what is longer than the limit ends with `…`."""
    shown = str(text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _readable(sentence: str) -> str:
    """A sentence with whatever it quotes from a file: nobody reads a word of a thousand letters, or a page."""
    if len(sentence) <= LONG_WORD:
        return sentence
    words = re.sub(rf"\S{{{LONG_WORD + 1},}}", lambda word: shortened(word.group(), LONG_WORD), sentence)
    return shortened(words, LONG_SENTENCE)


def did_you_mean(wrong: object, choices: Iterable[str], *, otherwise: str = "") -> str:
    """A help text that names the closest of `choices`, or all of them where they are few, or `otherwise`."""
    known = sorted({str(choice) for choice in choices})
    close = difflib.get_close_matches(str(wrong).casefold(), [k.casefold() for k in known], n=1, cutoff=0.6)
    if close:
        best = next(k for k in known if k.casefold() == close[0])
        return f"did you mean '{best}'?"
    if otherwise:
        return otherwise
    if not known:
        return ""
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"known here: {shown}"


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by place then code, each problem once; what several coordinates share is merged into one."""
    merged: dict[tuple[object, ...], Diagnostic] = {}
    for found in diagnostics:
        key = (found.code, found.message, found.span, found.path if found.span is None else (), found.subject)
        merged.setdefault(key, found)
    nowhere = Span("", 0, 0, 0, 0)
    return sorted(
        merged.values(), key=lambda d: (d.span or nowhere, d.subject, d.code, [str(step) for step in d.path], d.message)
    )
