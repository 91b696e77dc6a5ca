"""Icons of the diagrams package as small PNGs, which can be embedded in pages."""

from __future__ import annotations

import base64
import importlib
import io
from functools import cache
from pathlib import Path

import diagrams
from PIL import Image

SIZE = 48  # CSS pixels of a node's icon
DENSITY = 2  # image pixels for each CSS pixel, for high-density screens
COLORS = 64


class NoIconError(LookupError):
    """The diagrams package does not have the class, or its picture is missing."""


@cache
def data_uri(icon: str, size: int = SIZE) -> str:
    """The icon as a data URI. `icon` is `provider.category.Class`. Raises NoIconError."""
    return "data:image/png;base64," + base64.b64encode(png_of(icon, size)).decode("ascii")


@cache
def png_of(icon: str, size: int = SIZE) -> bytes:
    """The icon as a PNG with 64 colors: a sixth of the original's size, with no visible difference at the size at which it is drawn.

    Raises NoIconError.
    """
    pixels = (DENSITY * size, DENSITY * size)
    with Image.open(path_of(icon)) as picture:
        small = picture.convert("RGBA").resize(pixels, Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.quantize(COLORS, method=Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=False, compress_level=9)
    return buffer.getvalue()


@cache
def path_of(icon: str) -> Path:
    """The icon's file in the diagrams package. Raises NoIconError."""
    module, _, name = icon.rpartition(".")
    try:
        cls = getattr(importlib.import_module(f"diagrams.{module}"), name)
    except (ImportError, AttributeError):
        raise NoIconError(f"the diagrams package has no {icon}") from None
    file: Path = Path(diagrams.__file__).parent.parent / cls._icon_dir / cls._icon
    if not file.is_file():
        raise NoIconError(f"the picture of {icon} is missing from the diagrams package")
    return file


@cache
def usable(icon: str | None) -> bool:
    """Whether an icon exists; if it does not, a tile with letters is drawn."""
    try:
        return icon is not None and bool(path_of(icon))
    except NoIconError:
        return False
