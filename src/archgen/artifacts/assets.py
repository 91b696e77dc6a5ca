"""The style sheet: how pictures and pages of archgen look, in light and dark, from the drawing's own colours."""

from __future__ import annotations

from archgen.artifacts.base import GENERATED, Artifact, Context, Emitted
from archgen.draw import style

STYLESHEET = f"{GENERATED}/assets/archgen.css"


def emit(context: Context) -> Emitted:
    """One file, beside the pages."""
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
    )
    return [Artifact(f"docs/{STYLESHEET}", text.encode())], []
