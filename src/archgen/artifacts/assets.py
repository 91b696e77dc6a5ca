"""The style sheet, from the drawing's own colours in light and dark, and the script that makes pictures zoom and switch."""

from __future__ import annotations

from archgen.artifacts.addresses import GENERATED
from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.draw import style

STYLESHEET = f"{GENERATED}/assets/archgen.css"
SCRIPT = f"{GENERATED}/assets/archgen.js"


def emit(context: Context) -> Emitted:
    """Two files, beside the pages."""
    looks = [
        {"theme": theme, "style": name, "line": look.line, "fill": look.fill}
        for theme, looks in style.LOOKS.items()
        for name, look in looks.items()
    ]
    colours = {"text": style.TEXT, "note": style.NOTE, "edge": style.EDGE, "page": style.PAGE, "planned": style.PLANNED}
    text = context.templates.render(
        "assets/archgen.css",
        looks=looks,
        colours=colours,
        tile=style.TILE,
        changes=[{"name": name, "line": mark.line} for name, mark in style.CHANGES.items()],
    )
    script = context.templates.source("assets/archgen.js")
    return [Artifact(f"docs/{STYLESHEET}", text.encode()), Artifact(f"docs/{SCRIPT}", script.encode())], []
