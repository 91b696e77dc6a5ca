"""The icons of a project: SVG and PNG files that its model names, as small PNGs.

They are as untrusted as the model: each must be in the model's folder, and the size of the file and of the picture is limited. SVG is
drawn in a separate process, with limits of time and memory.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageOps

from archgen.draw import svg_renderer
from archgen.draw.icons import DENSITY, SIZE, as_data_uri
from archgen.draw.svg_icon import UnsafeSvgError, sanitized
from archgen.system.child import output_of
from archgen.system.textfile import UnreadableError, file_below

MAX_BYTES = 1024 * 1024
MAX_SVG_BYTES = 128 * 1024
MAX_PIXELS = 2048  # the longest side of a PNG
MAX_FAILURES = 3  # of the renderer; after these, no further icon is drawn
SECONDS = 30  # for all SVG icons
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIDE = DENSITY * SIZE


def read_icons(root: Path, names: Iterable[str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The icons in files of a folder, by their names, as data URIs of square PNGs; and why others cannot be used."""
    icons: dict[str, str] = {}
    problems: dict[str, str] = {}
    svgs: dict[str, str] = {}
    for name in dict.fromkeys(names):
        try:
            if name.lower().endswith(".svg"):
                svgs[name] = _svg(_content(root, name, MAX_SVG_BYTES))
            else:
                icons[name] = as_data_uri(_png(_content(root, name, MAX_BYTES)))
        except UnreadableError as error:
            problems[name] = str(error)
    drawn, failed = _draw(svgs)
    return icons | drawn, problems | failed


def _content(root: Path, name: str, most: int) -> bytes:
    """The bytes of a file in the folder `root`. Raises UnreadableError, also above `most` bytes."""
    file = file_below(root, name, MAX_BYTES)
    try:
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None
    if len(data) > most:
        raise UnreadableError(f"it is larger than {most // 1024} KiB")
    return data


def _svg(data: bytes) -> str:
    """A safe copy of an SVG picture. Raises UnreadableError."""
    if data.startswith(_SIGNATURE):
        raise UnreadableError("it is a PNG file; rename it to end in .png")
    try:
        return sanitized(data, _SIDE)
    except UnsafeSvgError as error:
        raise UnreadableError(str(error)) from None


def _draw(svgs: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """SVG pictures as data URIs of PNGs, by their names; and why others cannot be drawn."""
    icons: dict[str, str] = {}
    problems: dict[str, str] = {}
    left = list(svgs)
    while left and len(problems) < MAX_FAILURES:
        pngs = _render([svgs[name] for name in left])
        for name, png in zip(left, pngs, strict=False):
            if png:
                icons[name] = as_data_uri(png)
            else:
                problems[name] = "the renderer cannot draw it"
        if len(pngs) < len(left):  # the renderer crashed, or reached a limit, at the next one
            problems[left[len(pngs)]] = "the renderer cannot draw it, or takes too long"
        left = left[len(pngs) + 1 :]
    problems |= dict.fromkeys(left, "it was not drawn, because the renderer failed at other icons")
    return icons, problems


def _render(svgs: list[str]) -> list[bytes]:
    """The PNG of each picture, empty for one that cannot be drawn, up to the first at which the renderer crashed or reached a limit."""
    renderer = find_spec("resvg_py")
    assert renderer is not None
    assert renderer.origin is not None
    folder = str(Path(renderer.origin).parent.parent)
    output = output_of(svg_renderer.__file__, folder, json.dumps(svgs).encode(), SECONDS)
    return [base64.b64decode(line) for line in output.split(b"\n")[:-1]]


def _png(data: bytes) -> bytes:
    """A PNG made anew from the pixels of another, in a transparent square. Raises UnreadableError."""
    if not data.startswith(_SIGNATURE):
        raise UnreadableError("it is not a PNG file")
    width, height = struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)
    if max(width, height) > MAX_PIXELS:  # checked before anything is decoded
        raise UnreadableError(f"it has {width} × {height} pixels; at most {MAX_PIXELS} × {MAX_PIXELS} are allowed")
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            pixels = picture.convert("RGBA")
    # Pillow reports broken files by many errors, also by SyntaxError.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, struct.error, zlib.error) as error:
        raise UnreadableError(f"it is damaged: {error}") from None
    if max(pixels.size) > MAX_PIXELS:
        raise UnreadableError("it is damaged: it states two sizes")
    pixels = ImageOps.contain(pixels, (_SIDE, _SIDE), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (_SIDE, _SIDE))
    square.paste(pixels, ((_SIDE - pixels.width) // 2, (_SIDE - pixels.height) // 2))
    buffer = io.BytesIO()
    square.save(buffer, "PNG")
    return buffer.getvalue()
