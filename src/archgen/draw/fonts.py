"""The letters of font files and their widths, as fractions of the font size.

The built-in font has Latin, Greek and Cyrillic letters. A project may list other fonts; for letters that the built-in font lacks, the
first of them that has the letter is used. A project's font is as untrusted as its model: it must be in the model's folder, its size is
limited, and it is read as data.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from archgen.draw.fontfile import TooMuchError, check, letters_of, opened
from archgen.records import dataclass
from archgen.system.textfile import UnreadableError, file_below

BUILT_IN = {
    "regular": Path(__file__).parent / "fonts" / "LiberationSans-Regular.ttf",
    "bold": Path(__file__).parent / "fonts" / "LiberationSans-Bold.ttf",
}
MAX_BYTES = 48 * 1024 * 1024  # a collection of all Chinese, Japanese and Korean letters has 20 MiB
# The first bytes of TrueType, of OpenType, and of collections of either.
_KINDS = (b"\x00\x01\x00\x00", b"true", b"OTTO", b"ttcf")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]{0,79}")
WIDEST = 4.0  # upper limit for the width of a letter, in font sizes
WIDE, NARROW = 1.0, 0.6  # assumed widths of letters that no font has, in font sizes
T = TypeVar("T")
_JOINER = "\u200d"  # joins the next letter to the previous one


@dataclass(frozen=True, slots=True)
class Font:
    """A font file of a project, and a hash of its content."""

    file: Path
    digest: str


def read_font(root: Path, name: str) -> Font:
    """The font in the file `name` of a folder. Raises UnreadableError."""
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
        raise UnreadableError(f"it is damaged: {type(error).__name__}") from None
    if not letters:
        raise UnreadableError("it contains no characters")
    if not _NAME.fullmatch(family):
        raise UnreadableError("its name cannot be used in a picture")
    return font


@cache
def _advances(file: Path, _digest: str = "") -> Mapping[int, float]:
    """The width of each letter of a font in font sizes, by code point."""
    with opened(file) as font:
        widths, units = font["hmtx"].metrics, font["head"].unitsPerEm
        letters = letters_of(font)
        return {code: min(widths[glyph][0] / units, WIDEST) for code, glyph in letters.items() if glyph in widths}


@cache
def _family(file: Path, _digest: str) -> str:
    """The family name of a font; empty if it has none."""
    with opened(file) as font:
        return str(font["name"].getDebugName(16) or font["name"].getDebugName(1) or "")


def runs(text: str, fonts: tuple[Font, ...]) -> Iterator[tuple[str, str]]:
    """(font family, part) for the parts of a text; the family is empty for parts in the built-in font."""
    return _parts(text, lambda letter: _family_for(letter, fonts))


def spans(text: str) -> Iterator[tuple[bool, str]]:
    """(whether the built-in font has its letters, part) for the parts of a text."""
    return _parts(text, built_in_has)


def _parts(text: str, of: Callable[[str], T]) -> Iterator[tuple[T, str]]:
    """(value, part) for the longest parts of a text whose letters have the same value. Marks and joined letters stay with their base."""
    part, same, joined = "", None, False
    for letter in text:
        new = same if part and (joined or _is_unseen(letter)) else of(letter)
        if part and new != same:
            yield cast("T", same), part
            part = ""
        part, same, joined = part + letter, new, letter == _JOINER
    if part:
        yield cast("T", same), part


def _family_for(letter: str, fonts: tuple[Font, ...]) -> str:
    if not built_in_has(letter):
        for font in fonts:
            if ord(letter) in _advances(font.file, font.digest):
                return _family(font.file, font.digest)
    return ""


def built_in_has(letter: str) -> bool:
    """Whether the built-in font has a letter."""
    return " " <= letter <= "~" or ord(letter) in _advances(BUILT_IN["regular"])


def lacking(text: str, fonts: Iterable[Font]) -> Iterator[str]:
    """The visible letters of a text that neither the built-in font nor `fonts` have."""
    for letter in dict.fromkeys(text):
        if built_in_has(letter) or _is_unseen(letter):
            continue
        if not any(ord(letter) in _advances(font.file, font.digest) for font in fonts):
            yield letter


def other_width(text: str, fonts: tuple[Font, ...]) -> float:
    """The width of letters that the built-in font lacks, in font sizes: from the first of `fonts` that has the letter, or else assumed."""
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
    """Whether a letter is as wide as it is high, such as East Asian letters and emoji."""
    return unicodedata.east_asian_width(letter) in "WF"


def _is_unseen(letter: str) -> bool:
    """Whether a character takes no space: marks on other letters, format characters, and skin tones, which color the letter before."""
    return unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc") or "\U0001f3fb" <= letter <= "\U0001f3ff"
