"""The style sheet, with the light and dark colors of pictures, and the script that lets readers zoom and switch pictures."""

from __future__ import annotations

from archgen.artifacts.addresses import GENERATED
from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.draw import style

STYLESHEET = f"{GENERATED}/assets/archgen.css"
SCRIPT = f"{GENERATED}/assets/archgen.js"


def emit(context: Context) -> Emitted:
    """The two files, in `docs/`."""
    looks = [
        {"theme": theme, "style": name, "line": look.line, "fill": look.fill}
        for theme in dict.fromkeys(facts.base for facts in context.resolved.clouds.values())
        for name, look in style.looks(theme).items()
    ]
    colors = {"text": style.TEXT, "note": style.NOTE, "edge": style.EDGE, "page": style.PAGE, "planned": style.PLANNED}
    text = context.templates.render(
        "assets/archgen.css",
        looks=looks,
        colors=colors,
        changes=[
            {"name": name, "line": mark.line, "width": mark.width, "dashes": mark.dash.split()}
            for name, mark in style.CHANGES.items()
        ],
    )
    script = context.templates.source("assets/archgen.js")
    return [Artifact(f"docs/{STYLESHEET}", text.encode()), Artifact(f"docs/{SCRIPT}", script.encode())], []
