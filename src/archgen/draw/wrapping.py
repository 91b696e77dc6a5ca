"""A text and how wide its parts are in, its lines out: one, or two of about the same width."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from archgen.draw.fonts import is_wide

ELLIPSIS = "\u2026"
WORD = 12  # letters of a word that go with its rest, where a text is cut within
# What does not begin a line, and what does not end one, where every letter could: https://www.w3.org/TR/jlreq/#line-start_prohibition
_NOT_FIRST = frozenset(")]}、。，．・：；？！ー）〕］｝〉》」』】々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_NOT_LAST = frozenset("([{（〔［｛〈《「『【")

Width = Callable[[str], float]


def wrapped(text: str, width: Width, usual: float, most: float) -> tuple[str, ...]:
    """The text in one line where that is as wide as `usual` at most, and else in two: as many words on the first as `usual` holds,
    or, where the second would be wider than that, words divided so that the wider line is the least wide. No line is wider than
    `most`: a word that is goes on in the next line, and a text that is too long ends in an ellipsis.
    """
    text = " ".join(text.split())
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
    """The text in one line, which ends in an ellipsis where it would be wider than `most`."""
    if width(text) <= most:
        return text
    fits = _prefix(text, lambda line: width(f"{line}{ELLIPSIS}"), most)
    space = text.rfind(" ", 0, fits + 1)
    at = space if fits - space <= WORD else fits
    return text[:at].rstrip(" ,;:") + ELLIPSIS


def _cut(text: str, places: list[int], width: Width, most: float) -> tuple[str, ...]:
    """Two lines as full as they can be: divided between words, or else between the parts of one, if no gap of half a line is left."""
    full = _prefix(text, width, most)
    parts = [n for n in range(1, full) if _begins_a_part(text, n)]
    for ends in (places, parts):
        if found := [n for n in ends if n <= full and width(text[:n].rstrip()) >= most / 2]:
            return text[: found[-1]].rstrip(), shortened(text[found[-1] :], width, most)
    return text[:full], shortened(text[full:], width, most)


def _begins_a_part(text: str, at: int) -> bool:
    """Whether a part of a name like `OrderQueue` or `order-queue` begins with this letter."""
    return text[at - 1] in "-_/." or (text[at].isupper() and text[at - 1].islower())


def _prefix(text: str, width: Width, most: float) -> int:
    """How many letters of the text fit, at least one, without what belongs to the next one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(text[:middle]) <= most else (low, middle - 1)
    while low > 1 and _belongs(text, low):
        low -= 1
    return low


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before this letter: after a space, and between letters of scripts that write none."""
    before, after = text[at - 1], text[at]
    if before == " ":
        return True
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST or _belongs(text, at):
        return False
    return is_wide(before) or is_wide(after)


def _belongs(text: str, at: int) -> bool:
    """Whether a letter is a part of what stands before it: marks, joiners, tones of skin, and what is joined."""
    if not at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return (
        before == "\u200d"
        or unicodedata.category(after) in ("Mn", "Mc", "Me", "Cf")
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
