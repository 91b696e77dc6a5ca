"""Checks that a picture contains only the SVG elements, attributes and addresses listed here.

Every picture is checked, so that a mistake in escaping cannot reach a page.
"""

from __future__ import annotations

import re

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"

ELEMENTS = frozenset({"svg", "title", "desc", "defs", "image", "path", "g", "rect", "text", "tspan", "use", "a"})
_PLACE = {"x", "y", "rx", "width", "height", "d", "viewBox"}
_LOOK = {"fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity"}
_TEXT = {"font-family", "font-size", "font-weight", "text-anchor"}
_MEANING = {"class", "id", "role", "aria-labelledby", "aria-label", "data-prefix", "data-in", "data-tail", "data-head"}
ATTRIBUTES = frozenset({*_PLACE, *_LOOK, *_TEXT, *_MEANING})
# A fragment, an icon, or an address on this site or over HTTPS.
_ADDRESS = re.compile(r"#[\w.-]+|data:image/png;base64,[A-Za-z0-9+/=]+|https://[^\s<>\"']+|(?!//)[\w./-]*(#[\w-]+)?")
_PAINT = re.compile(r"none|#[0-9a-f]{6}")


class UnsafePictureError(AssertionError):
    """A picture contains something that is not allowed: a defect of archgen."""


def allowed(text: str) -> str:
    """`text` unchanged. Raises UnsafePictureError if it contains anything that is not on the list."""
    import xml.etree.ElementTree as ET  # here, because validate needs no pictures and has to start fast

    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise UnsafePictureError(f"not XML: {error}") from None
    for element in root.iter():
        tag = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else "a comment"
        if tag not in ELEMENTS:
            raise UnsafePictureError(f"<{tag}>")
        for name, value in element.attrib.items():
            if name == _HREF:
                if not _ADDRESS.fullmatch(value):
                    raise UnsafePictureError(f"the address {value[:80]}")
            elif name not in ATTRIBUTES:
                raise UnsafePictureError(f"{name} of <{tag}>")
            elif name in ("fill", "stroke") and not _PAINT.fullmatch(value):
                raise UnsafePictureError(f'{name}="{value[:80]}"')
    return text
