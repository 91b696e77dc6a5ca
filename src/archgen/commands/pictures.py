"""What commands that draw share: a drawing as the bytes of a file, with what to say about fonts."""

from __future__ import annotations

import argparse

from archgen.commands.shared import show, usage
from archgen.draw.drawing import Drawing
from archgen.draw.export import BINARY, PAINTED, export
from archgen.pipeline import Loaded


def wrong_theme(options: argparse.Namespace, format_: str) -> int | None:
    """The exit code, after saying so, where the format has no colour scheme to choose; None where all is well."""
    if options.theme == "light" or format_ in PAINTED:
        return None
    return usage(f"a picture as {format_} has no theme", f"--theme is for {', '.join(PAINTED)}")


def picture(drawing: Drawing, format_: str, options: argparse.Namespace, loaded: Loaded) -> bytes:
    """The drawing in a format. Says which fonts cannot be used, and which letters no font has."""
    from archgen.draw.letters import without_glyphs

    found = []
    if format_ in BINARY and loaded.project is not None:
        found += [problem for problem in loaded.project.unread if problem.code == "ARC-V007"]
        found += without_glyphs(drawing, loaded.files.sources)
    if found:
        show(found, loaded)
    return export(drawing, format_, getattr(options, "scale", 2.0), options.theme)
