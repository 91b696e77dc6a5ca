"""Font files in; out comes which letters they have and how wide each is, in parts of the font's size.

archgen brings a font for Latin, Greek and Cyrillic. A project may bring others; they are used in its order for letters that the first
lacks. A project's font is as untrusted as its model: it lies below the model's folder, has a sane size, and is read as data.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from archgen.draw.fontfile import TooMuchError, check, letters_of, opened
from archgen.system.textfile import UnreadableError, file_below

BUILT_IN = {
    "regular": Path(__file__).parent / "fonts" / "LiberationSans-Regular.ttf",
    "bold": Path(__file__).parent / "fonts" / "LiberationSans-Bold.ttf",
}
MAX_BYTES = 48 * 1024 * 1024  # a collection of all Chinese, Japanese and Korean letters takes 20 MiB
# The first bytes of TrueType, of OpenType, and of collections of either.
_KINDS = (b"\x00\x01\x00\x00", b"true", b"OTTO", b"ttcf")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]{0,79}")
WIDEST = 4.0  # a letter, in parts of the font's size
WIDE, NARROW = 1.0, 0.6  # how wide a letter is taken to be that no font has
T = TypeVar("T")
_JOINER = "\u200d"  # what follows it is drawn into what stands before


@dataclass(frozen=True, slots=True)
class Font:
    """A font file of a project, and a hash of what is in it."""

    file: Path
    digest: str


def read_font(root: Path, name: str) -> Font:
    """The font of this name below a folder. Raises UnreadableError."""
    file = file_below(root, name, MAX_BYTES)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None
    if not data.startswith(_KINDS):
        raise UnreadableError("it is neither TrueType nor OpenType")
    font = Font(file, hashlib.sha256(data).hexdigest())
    try:
        check(data)
        letters, family = _advances(font.file, font.digest), _family(font.file, font.digest)
    except TooMuchError as error:
        raise UnreadableError(str(error)) from None
    except Exception as error:  # a broken table raises anything
        raise UnreadableError(f"it is broken: {type(error).__name__}") from None
    if not letters:
        raise UnreadableError("it has no letters")
    if not _NAME.fullmatch(family):
        raise UnreadableError("it has no name that a picture could use")
    return font


@cache
def _advances(file: Path, _digest: str = "") -> Mapping[int, float]:
    """How wide each letter of a font is, by its code point."""
    with opened(file) as font:
        widths, units = font["hmtx"].metrics, font["head"].unitsPerEm
        letters = letters_of(font)
        return {code: min(widths[glyph][0] / units, WIDEST) for code, glyph in letters.items() if glyph in widths}


@cache
def _family(file: Path, _digest: str) -> str:
    """What a font calls itself and its relatives."""
    with opened(file) as font:
        return str(font["name"].getDebugName(16) or font["name"].getDebugName(1) or "")


def runs(text: str, fonts: tuple[Font, ...]) -> Iterator[tuple[str, str]]:
    """The parts of a text, each with the name of the project's font that it is drawn in; no name for archgen's own."""
    return _parts(text, lambda letter: _drawn_in(letter, fonts))


def spans(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of a text, each with whether archgen's own font has its letters."""
    return _parts(text, built_in_has)


def _parts(text: str, of: Callable[[str], T]) -> Iterator[tuple[T, str]]:
    """The parts of a text whose letters have the same; what is joined to a letter, or marks it, stays with it."""
    part, same, joined = "", None, False
    for letter in text:
        new = same if part and (joined or _is_unseen(letter)) else of(letter)
        if part and new != same:
            yield cast("T", same), part
            part = ""
        part, same, joined = part + letter, new, letter == _JOINER
    if part:
        yield cast("T", same), part


def _drawn_in(letter: str, fonts: tuple[Font, ...]) -> str:
    if not built_in_has(letter):
        for font in fonts:
            if ord(letter) in _advances(font.file, font.digest):
                return _family(font.file, font.digest)
    return ""


def built_in_has(letter: str) -> bool:
    """Whether archgen's own font has a letter."""
    return " " <= letter <= "~" or ord(letter) in _advances(BUILT_IN["regular"])


def lacking(text: str, fonts: Iterable[Font]) -> Iterator[str]:
    """The letters of a text that neither archgen's font nor these have, and that would be seen."""
    for letter in dict.fromkeys(text):
        if built_in_has(letter) or _is_unseen(letter):
            continue
        if not any(ord(letter) in _advances(font.file, font.digest) for font in fonts):
            yield letter


def other_width(text: str, fonts: tuple[Font, ...]) -> float:
    """How wide letters are that archgen's own font lacks: as the first of these fonts says that has one, or else as such letters are."""
    width, joined = 0.0, False
    for letter in text:
        if not (joined or _is_unseen(letter)):
            width += next(_widths_in(fonts, letter), WIDE if is_wide(letter) else NARROW)
        joined = letter == _JOINER
    return width


def _widths_in(fonts: tuple[Font, ...], letter: str) -> Iterator[float]:
    for font in fonts:
        if (width := _advances(font.file, font.digest).get(ord(letter))) is not None:
            yield width


def is_wide(letter: str) -> bool:
    """Whether a letter takes a square: East Asian letters and emoji do."""
    return unicodedata.east_asian_width(letter) in "WF"


def _is_unseen(letter: str) -> bool:
    """Marks on other letters, and what only says how letters are joined or shown; a tone of skin colours what stands before it."""
    return unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc") or "\U0001f3fb" <= letter <= "\U0001f3ff"
