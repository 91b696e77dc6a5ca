"""Icons as small PNGs, which can be embedded in pages: those of the diagrams package, and files of a project.

An icon is named by a class of the diagrams package, such as `aws.database.Dynamodb`. One of a project is named by its content: a
data URI that `project_icons.py` made of its file, so that pictures need no files.
"""

from __future__ import annotations

import base64
import hashlib
import io
from functools import cache

from PIL import Image, ImageColor

from archgen.catalog.icon_classes import picture_of, problem_of
from archgen.draw import style
from archgen.draw.style import Scheme

SIZE = 48  # CSS pixels of a node's icon
DENSITY = 2  # image pixels for each CSS pixel, for high-density screens
COLORS = 64
DRAWN = 44  # CSS pixels of the longer side of what is drawn, as of a tile with letters
_VISIBLE = [255 if alpha > 16 else 0 for alpha in range(256)]  # by opacity
# How red, green and blue after `invert(1) hue-rotate(180deg)` follow from those before, each with a constant.
_INVERTED = (0.574, -1.430, -0.144, 255.0, -0.426, -0.430, -0.144, 255.0, -0.426, -1.430, 0.856, 255.0)
_DATA = "data:image/png;base64,"


class NoIconError(LookupError):
    """The diagrams package does not have the class, or its picture is missing."""


def as_data_uri(png: bytes) -> str:
    """A PNG as a data URI, by which the icon of a project is named."""
    return _DATA + base64.b64encode(png).decode("ascii")


@cache
def data_uri(icon: str, size: int = SIZE, scheme: Scheme = "light") -> str:
    """The icon as a data URI. `icon` is `provider.category.Class`, or the data URI of a project's icon. Raises NoIconError."""
    return as_data_uri(png_of(icon, size, scheme))


@cache
def png_of(icon: str, size: int = SIZE, scheme: Scheme = "light") -> bytes:
    """The icon as a PNG with 64 colors: a sixth of the original's size, with no visible difference at the size at which it is drawn.

    What is drawn of each icon has the same size. In the dark scheme, dark lines are light. Raises NoIconError.
    """
    with _opened(icon) as picture:
        small = _fitted(picture.convert("RGBA"), DENSITY * size)
    if scheme == "dark" and is_dark(icon):
        small = _lightened(small)
    buffer = io.BytesIO()
    small.quantize(COLORS, method=Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=False, compress_level=9)
    return buffer.getvalue()


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    """A square picture with what is drawn of another one: without its margins, in its proportions, and with the same margin for all."""
    drawn = picture.getchannel("A").point(_VISIBLE).getbbox() or (0, 0, *picture.size)
    width, height = drawn[2] - drawn[0], drawn[3] - drawn[1]
    scale = round(side * DRAWN / SIZE) / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = Image.new("RGBA", (side, side))
    fitted.paste(picture.resize(size, Image.Resampling.LANCZOS, drawn), ((side - size[0]) // 2, (side - size[1]) // 2))
    return fitted


def _lightened(picture: Image.Image) -> Image.Image:
    """The picture with light colors for dark ones of the same hue, as `invert(1) hue-rotate(180deg)` makes them in a page."""
    light = picture.convert("RGB").convert("RGB", _INVERTED)
    light.putalpha(picture.getchannel("A"))
    return light


def _opened(icon: str) -> Image.Image:
    """The picture of an icon in its original size. Raises NoIconError."""
    if icon.startswith(_DATA):
        return Image.open(io.BytesIO(base64.b64decode(icon.removeprefix(_DATA))), formats=["PNG"])
    file = picture_of(icon)
    if file is None:
        raise NoIconError(problem_of(icon))
    return Image.open(file)


def name_of(icon: str) -> str:
    """A name for an icon in IDs of elements: that of its class, or a hash of a project's icon."""
    if icon.startswith(_DATA):
        return hashlib.sha256(icon.encode()).hexdigest()[:16]
    return icon.replace(".", "-").lower()


@cache
def usable(icon: str | None) -> bool:
    """Whether an icon exists; if it does not, a tile with letters is drawn."""
    return icon is not None and (icon.startswith(_DATA) or picture_of(icon) is not None)


@cache
def is_dark(icon: str) -> bool:
    """Whether an icon cannot be recognized on the dark page, since hardly any of its pixels stand out there. Raises NoIconError."""
    with _opened(icon) as picture:
        small = picture.convert("RGBA").resize((24, 24), Image.Resampling.BOX)
    data = small.tobytes()
    visible = [data[n : n + 3] for n in range(0, len(data), 4) if data[n + 3] > 100]
    page = _luminance(ImageColor.getrgb(style.PAGE[1]))
    bright = sum((_luminance(pixel) + 0.05) / (page + 0.05) >= 3 for pixel in visible)
    return bright < 0.1 * len(visible)


def _luminance(color: bytes | tuple[int, ...]) -> float:
    """The relative luminance of a color, as WCAG defines it."""
    red, green, blue = ((c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4) for c in color[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
