"""The style sheet, with the light and dark colors of pictures, and the script that lets readers zoom and switch pictures."""

from __future__ import annotations

from archgen.artifacts._picture_colors import color_facts
from archgen.artifacts.addresses import GENERATED
from archgen.artifacts.base import Artifact, Context, Emitted

STYLESHEET = f"{GENERATED}/assets/archgen.css"
SCRIPT = f"{GENERATED}/assets/archgen.js"


def emit(context: Context) -> Emitted:
    """The two files, in `docs/`."""
    text = context.templates.render("assets/archgen.css", **color_facts(context))
    script = context.templates.source("assets/archgen.js")
    return [Artifact(f"docs/{STYLESHEET}", text.encode()), Artifact(f"docs/{SCRIPT}", script.encode())], []
