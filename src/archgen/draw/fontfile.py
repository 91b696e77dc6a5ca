"""Reads the letters of a font file, after checking that unpacking them does not take more than a font needs.

A few bytes of a font can expand to gigabytes: tables may refer to the same bytes again and again, and ranges of letters may overlap.
So the size of the result is computed before anything is unpacked.
https://learn.microsoft.com/typography/opentype/spec/otff
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

COLLECTION = b"ttcf"
VERSIONS = (0x00010000, 0x00020000)  # of collections
MOST_FONTS = 256  # in a collection
MOST_TABLES = 128  # of a font; a typical one has 20
MOST_NAMES = 4 * 1024 * 1024  # bytes of all names of all fonts of a collection
MOST_LETTERS = 300_000  # Unicode has 160,000, and 137,000 for private use
# Tables of Unicode letters as (platform, encoding). Text renderers use the first of these that a font has.
# https://github.com/harfbuzz/harfbuzz/blob/main/src/hb-ot-cmap-table.hh
PREFERRED = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
FORMATS = (0, 4, 6, 12, 13)  # formats of tables that map letters to glyphs


class TooMuchError(Exception):
    """A font claims more of something than real fonts have; the text says of what."""


def check(data: bytes) -> None:
    """Check the directories of a font file, which programs read completely when they open it. Raises TooMuchError and struct.error."""
    names = 0
    for start in _starts(data):
        (tables,) = struct.unpack_from(">H", data, start + 4)
        if tables > MOST_TABLES:
            raise TooMuchError(f"it has {tables} tables")
        for n in range(tables):
            tag, _sum, offset, length = struct.unpack_from(">4sIII", data, start + 12 + 16 * n)
            if tag == b"name":
                names += _claimed_names(memoryview(data)[offset : offset + length])
            if names > MOST_NAMES:
                raise TooMuchError("its table of names is too large")


def _starts(data: bytes) -> tuple[int, ...]:
    """The offsets of the fonts in a file."""
    if not data.startswith(COLLECTION):
        return (0,)
    version, count = struct.unpack_from(">II", data, 4)
    if version not in VERSIONS:
        raise TooMuchError("it is a collection of an unknown version")
    if count > MOST_FONTS:
        raise TooMuchError(f"it is a collection of {count} fonts")
    return struct.unpack_from(f">{count}I", data, 12)


def _claimed_names(table: memoryview) -> int:
    """The number of bytes that the names of a font take when read. Many records may point to the same text."""
    if len(table) < 6:
        return 0
    (count,) = struct.unpack_from(">H", table, 2)
    records = table[6 : 6 + 12 * count]
    return sum(12 + length for *_ids, length, _start in struct.iter_unpack(">6H", records[: len(records) // 12 * 12]))


@contextmanager
def opened(file: Path) -> Iterator[TTFont]:
    """A font that `check` has accepted, the first one of a collection. Glyphs are named by number, so that names are not unpacked."""
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it logs every unusual number of every glyph
    with TTFont(file, fontNumber=0, lazy=True) as font:
        font.setGlyphOrder([f"glyph{n:05}" for n in range(font["maxp"].numGlyphs)])
        yield font


def letters_of(font: TTFont) -> Mapping[int, str]:
    """Code point to glyph name, from the table that a text renderer would choose; no other is unpacked. Raises TooMuchError, and any
    exception for a broken table."""
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

    cmap = font.reader["cmap"]
    start = _table_start(cmap)
    if start is None:
        return {}
    table = memoryview(cmap)[start:]
    if sum(_ranges(table)) > MOST_LETTERS:
        raise TooMuchError("it claims to contain more characters than Unicode has")
    (format_,) = struct.unpack_from(">H", table)
    (length,) = struct.unpack_from(">I", table, 4) if format_ in (12, 13) else struct.unpack_from(">H", table, 2)
    letters = CmapSubtable.newSubtable(format_)
    letters.decompile(bytes(table[:length]), font)
    glyphs: Mapping[int, str] = letters.cmap
    return glyphs


def _table_start(cmap: bytes) -> int | None:
    """The offset in `cmap` of the table of letters that renderers use; None if there is none."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    starts: dict[tuple[int, int], int] = {}
    for platform, encoding, start in struct.iter_unpack(">HHI", cmap[4 : 4 + 8 * count]):
        if (platform, encoding) in PREFERRED and struct.unpack_from(">H", cmap, start)[0] in FORMATS:
            starts.setdefault((platform, encoding), start)
    return next((starts[kind] for kind in PREFERRED if kind in starts), None)


def _ranges(table: memoryview) -> Iterator[int]:
    """The number of letters in each range of a table. Other formats have no ranges: their tables list every letter."""
    (format_,) = struct.unpack_from(">H", table)
    if format_ == 4:
        (double,) = struct.unpack_from(">H", table, 6)
        lasts = struct.unpack_from(f">{double // 2}H", table, 14)
        firsts = struct.unpack_from(f">{double // 2}H", table, 16 + double)
        yield from (max(0, last - first + 1) for first, last in zip(firsts, lasts, strict=True))
    elif format_ in (12, 13):
        (count,) = struct.unpack_from(">I", table, 12)
        groups = struct.iter_unpack(">III", table[16 : 16 + 12 * count])
        yield from (max(0, last - first + 1) for first, last, _glyph in groups)
