"""Breaks a label into one line, or two of similar width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from archgen.draw.fonts import is_wide

ELLIPSIS = "\u2026"
_SPACES = re.compile(r"[^\S\u00a0]+")
WORD = 12  # a text is cut before a word rather than within it if at most this many letters are lost
# Letters that must not begin or end a line in scripts without spaces: https://www.w3.org/TR/jlreq/#line-start_prohibition
_NOT_FIRST = frozenset(")]}、。，．・：；？！ー）〕］｝〉》」』】々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_NOT_LAST = frozenset("([{（〔［｛〈《「『【")

Width = Callable[[str], float]


def wrapped(text: str, width: Width, usual: float, most: float) -> tuple[str, ...]:
    """The text in one line if that is at most `usual` wide, or else in two. The first line gets as many words as fit into `usual`; if the
    second line would be wider than that, words are divided so that the lines are about equally wide. No line is wider than `most`: a word
    that does not fit continues on the next line, and a text that is too long ends in an ellipsis. No-break spaces stay within a line.
    """
    text = _SPACES.sub(" ", text).strip()
    if width(text) <= usual:
        return (text,) if text else ()
    places = [n for n in range(1, len(text)) if _may_break(text, n)]
    fitting = [n for n in places if width(text[:n].rstrip()) <= usual]
    first = fitting[-1] if fitting else places[0] if places else len(text)
    if width(text[first:]) > usual:
        first = min(places, key=lambda n: max(width(text[:n].rstrip()), width(text[n:])), default=len(text))
    lines = tuple(line for line in (text[:first].rstrip(), text[first:]) if line)
    if max(map(width, lines)) <= most:
        return lines
    return _cut(text, places, width, most)


def shortened(text: str, width: Width, most: float) -> str:
    """The text in one line, cut with an ellipsis if it is wider than `most`."""
    if width(text) <= most:
        return text
    fits = _prefix(text, lambda line: width(f"{line}{ELLIPSIS}"), most)
    space = text.rfind(" ", 0, fits + 1)
    at = space if fits - space <= WORD else fits
    return text[:at].rstrip(" ,;:") + ELLIPSIS


def _cut(text: str, places: list[int], width: Width, most: float) -> tuple[str, ...]:
    """Two full lines: divided between words, or else between parts of a word, unless that leaves half of the first line empty."""
    full = _prefix(text, width, most)
    parts = [n for n in range(1, full) if _begins_a_part(text, n)]
    for ends in (places, parts):
        if fitting := [n for n in ends if n <= full and width(text[:n].rstrip()) >= most / 2]:
            return text[: fitting[-1]].rstrip(), shortened(text[fitting[-1] :], width, most)
    return text[:full], shortened(text[full:], width, most)


def _begins_a_part(text: str, at: int) -> bool:
    """Whether a part of a name like `OrderQueue` or `order-queue` begins at this position."""
    return text[at - 1] in "-_/." or (text[at].isupper() and text[at - 1].islower())


def _prefix(text: str, width: Width, most: float) -> int:
    """The number of letters of the text that fit, at least one, without separating letters that belong together."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(text[:middle]) <= most else (low, middle - 1)
    while low > 1 and _is_joined(text, low):
        low -= 1
    return low


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before this position: after a space, and between letters of scripts without spaces."""
    before, after = text[at - 1], text[at]
    if before == " ":
        return True
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST or _is_joined(text, at):
        return False
    return is_wide(before) or is_wide(after)


def _is_joined(text: str, at: int) -> bool:
    """Whether a character is part of the one before it: marks, joiners, skin tones, and characters that are joined."""
    if not at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return (
        before == "\u200d"
        or unicodedata.category(after) in ("Mn", "Mc", "Me", "Cf")
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
