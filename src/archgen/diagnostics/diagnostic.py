"""The type with which every stage reports problems: a Diagnostic has a code, a message, a help, and a place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from archgen.records import dataclass

Path = tuple[str | int, ...]
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")  # most severe first
OWN = "OWN-"  # prefix of the codes of rules that a project defines; the id of the rule follows


class Span(NamedTuple):  # a tuple, because reading makes two for each value of a model
    """A range of text in a file. Lines and columns are 1-based, and columns count code points; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    `path` is its place in the model (keys and list positions) and `span` its place in a file, which is filled in last. `related`
    has other places, each with a note. `where` lists the coordinates at which the problem occurs; empty means all of them.
    """

    code: str
    message: str
    help: str = ""
    path: Path = ()
    severity: Severity = "error"
    span: Span | None = None
    related: tuple[tuple[str, Span], ...] = ()
    where: tuple[str, ...] = ()
    subject: str = ""  # the file that it is about, if it has no span
    fix: str | None = None  # the text with which `--fix` replaces the value at the span, if that is safe

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", _readable(self.message))
        object.__setattr__(self, "help", _readable(self.help))


def dotted(path: Path) -> str:
    """A path as people write it: `zones[0].name` for `("zones", 0, "name")`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


LONG, LONG_WORD, LONG_SENTENCE = 60, 160, 1000


def shortened(text: object, limit: int = LONG) -> str:
    """The text of a value, cut to `limit` characters and ending with `…` if it is longer."""
    shown = str(text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _readable(sentence: str) -> str:
    """A message with long words and long quotations from files cut, so that it stays readable."""
    if len(sentence) <= LONG_WORD:
        return sentence
    words = re.sub(rf"\S{{{LONG_WORD + 1},}}", lambda word: shortened(word.group(), LONG_WORD), sentence)
    return shortened(words, LONG_SENTENCE)


MOST_CHOICES = 80  # names in a help text; a model can have thousands of components


def did_you_mean(wrong: object, choices: Iterable[str], *, otherwise: str = "") -> str:
    """A help text that suggests the closest of `choices`; if none is close, `otherwise`, or else the choices."""
    known = sorted({str(choice) for choice in choices})
    if best := _closest(str(wrong).casefold(), known):
        return f"did you mean '{best}'?"
    if otherwise:
        return otherwise
    if not known:
        return ""
    rest = len(known) - MOST_CHOICES
    more = f", and {rest} more; for all of them, run: archgen schema --project" if rest > 0 else ""
    return f"use one of: {', '.join(known[:MOST_CHOICES])}{more}"


def _closest(wrong: str, known: Sequence[str]) -> str | None:
    """The name that was probably meant: one that is spelled alike, or the only one that begins with the same word."""
    # Among many names, one is spelled a little alike by chance.
    cutoff = 0.6 if len(known) <= MOST_CHOICES else 0.75
    close = difflib.get_close_matches(wrong, [k.casefold() for k in known], n=1, cutoff=cutoff)
    if close:
        return next(k for k in known if k.casefold() == close[0])
    if swapped := [k for k in known if _with_swapped_letters(wrong, k.casefold())]:
        return swapped[0]
    begin = [k for k in known if re.match(rf"{re.escape(wrong)}[-_]", k, re.IGNORECASE)]
    return begin[0] if wrong and len(begin) == 1 else None


def _with_swapped_letters(one: str, other: str) -> bool:
    """Whether two neighboring letters in different order are all that tells two names apart, such as in `ksm` for `kms`."""
    first = next((position for position, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if first is None:
        return False
    swapped = one[first : first + 2][::-1]
    return one[:first] + swapped + one[first + 2 :] == other


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics sorted by place and code, without duplicates."""
    merged: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in diagnostics:
        place = diagnostic.path if diagnostic.span is None else ()
        key = (diagnostic.code, diagnostic.severity, diagnostic.message, diagnostic.span, place, diagnostic.subject)
        merged.setdefault(key, diagnostic)
    nowhere = Span("", 0, 0, 0, 0)

    def place_of(d: Diagnostic) -> tuple[Any, ...]:
        path = [str(step) for step in d.path]
        return d.span or nowhere, d.subject, d.code, path, d.message, SEVERITIES.index(d.severity)

    return sorted(merged.values(), key=place_of)
