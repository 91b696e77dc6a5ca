"""Writes a drawing in any format."""

from __future__ import annotations

from collections.abc import Mapping

from archgen.draw.drawing import Drawing
from archgen.draw.style import Scheme

# Suffix of a file name to format.
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
"""The formats to which a color scheme applies; for others, the program that opens them chooses the colors."""


def export(drawing: Drawing, format_: str, scale: float = 2.0, scheme: Scheme = "light") -> bytes:
    """The picture in a format of FORMATS. `scale` is the number of PNG pixels for each CSS pixel; `scheme` applies to PAINTED formats."""
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
