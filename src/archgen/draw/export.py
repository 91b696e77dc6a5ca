"""A drawing and the name of a format in, bytes out: every format that pictures can be had in."""

from __future__ import annotations

from collections.abc import Mapping

from archgen.draw.drawing import Drawing
from archgen.draw.style import Scheme

# Formats by what file names end in.
SUFFIXES: Mapping[str, str] = {
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".drawio": "drawio",
}
FORMATS: Mapping[str, str] = {
    "svg": ".svg",
    "png": ".png",
    "pdf": ".pdf",
    "dot": ".dot",
    "mermaid": ".mmd",
    "drawio": ".drawio",
}
BINARY = ("png", "pdf")
PAINTED = ("svg", "png", "pdf")
"""The formats that have a colour scheme; the others leave colours to the program that opens them."""


def export(drawing: Drawing, format_: str, scale: float = 2.0, scheme: Scheme = "light") -> bytes:
    """The picture in a format of FORMATS; `scale` is pixels of a PNG for each CSS pixel, `scheme` counts for those of PAINTED."""
    match format_:
        case "dot":
            from archgen.draw.dot import dot

            return dot(drawing.graph).encode()
        case "mermaid":
            from archgen.draw.mermaid import mermaid

            return mermaid(drawing.graph).encode()
        case "drawio":
            from archgen.draw.drawio import drawio

            return drawio(drawing).encode()
        case "pdf":
            from archgen.draw.pdf import pdf

            return pdf(drawing, scheme)
        case "png":
            from archgen.draw.png import png
            from archgen.draw.svg import svg

            return png(svg(drawing, scheme=scheme, painted=True), scale, drawing.fonts)
        case _:
            from archgen.draw.svg import svg

            return svg(drawing, scheme=scheme).encode()
