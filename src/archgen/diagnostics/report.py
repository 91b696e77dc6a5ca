"""Diagnostics as text for people: place, message, the line of the file with a marker, and help."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from archgen.diagnostics.diagnostic import Diagnostic, Span


def visible(text: str) -> str:
    """The text with control characters and invisible characters replaced by their code, such as <U+001B>."""
    if text.isprintable():  # nearly all of it, and the comparison of each character takes long
        return text
    return "".join(c if c == "\t" or unicodedata.category(c)[0] != "C" else f"<U+{ord(c):04X}>" for c in text)


MOST = 20  # diagnostics shown for each code

# Codes without a snippet, because the line contains a secret.
HIDDEN = ("SEC502", "ARC-F107")


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Sequence[str]], most: int = MOST) -> str:
    """Diagnostics as text, at most `most` for each code, followed by the number of others.

    `sources` maps names of files to their lines, for the snippets; a place in another file has no snippet.
    """
    shown, left = capped(diagnostics, most)
    more = [f"and {number:,} more of {code}" for code, number in left.items()]
    return "\n\n".join([*(_one(diagnostic, sources) for diagnostic in shown), *more])


def capped(diagnostics: Iterable[Diagnostic], most: int = MOST) -> tuple[list[Diagnostic], dict[str, int]]:
    """The first `most` diagnostics of each code, and the number of others by code."""
    seen: Counter[str] = Counter()
    shown = []
    for diagnostic in diagnostics:
        seen[diagnostic.code] += 1
        if seen[diagnostic.code] <= most:
            shown.append(diagnostic)
    return shown, {code: number - most for code, number in seen.items() if number > most}


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """The numbers of diagnostics by severity, such as `2 errors, 1 warning`."""
    errors = sum(d.severity == "error" for d in diagnostics)
    warnings = sum(d.severity == "warning" for d in diagnostics)
    hints = len(diagnostics) - errors - warnings
    parts = [_count(errors, "error")] if errors or not (warnings or hints) else []
    parts += [_count(warnings, "warning")] if warnings else []
    parts += [_count(hints, "hint")] if hints else []
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _one(diagnostic: Diagnostic, sources: Mapping[str, Sequence[str]]) -> str:
    place = ""
    if diagnostic.span:
        place = f"{visible(diagnostic.span.file)}:{diagnostic.span.line}:{diagnostic.span.column}: "
    elif diagnostic.subject:
        place = f"{visible(diagnostic.subject)}: "
    lines = [f"{place}{diagnostic.severity}[{diagnostic.code}]: {visible(diagnostic.message)}"]
    if diagnostic.span and diagnostic.code not in HIDDEN:
        lines += _snippet(diagnostic.span, sources)
    for note, span in diagnostic.related:
        lines.append(f"  note: {visible(note)} ({visible(span.file)}:{span.line}:{span.column})")
        lines += _snippet(span, sources)
    if diagnostic.where:
        shown = "; ".join(diagnostic.where[:3])
        more = f" and {len(diagnostic.where) - 3} more" if len(diagnostic.where) > 3 else ""
        lines.append(f"  at: {shown}{more}")
    if diagnostic.help:
        lines.append(f"  help: {visible(diagnostic.help)}")
    return "\n".join(lines)


def _snippet(span: Span, sources: Mapping[str, Sequence[str]]) -> list[str]:
    lines = sources.get(span.file, ())
    if not 1 <= span.line <= len(lines):
        return []
    text = lines[span.line - 1]
    start = min(span.column - 1, len(text))
    end = span.end_column - 1 if span.end_line == span.line else len(text.rstrip())
    shown_from = max(0, start - 80)  # cut a long line to the part around the place
    shown = text[shown_from : shown_from + 160]
    before = visible(shown[: start - shown_from]).replace("\t", " ")
    marked = visible(text[start : max(end, start + 1)][: max(1, 160 - len(before))])
    number = str(span.line)
    gutter = " " * len(number)
    return [
        f"  {gutter} |",
        f"  {number} | {visible(shown).replace(chr(9), ' ')}",
        f"  {gutter} | {' ' * _width(before)}{'^' * max(1, _width(marked))}",
    ]


def _width(text: str) -> int:
    """The number of terminal columns of a text: two for wide East Asian characters, none for combining marks."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
