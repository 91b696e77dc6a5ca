"""Functions shared by the commands that draw: checking themes, and reporting problems with fonts."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from archgen.commands.shared import CLEAN, exit_code, show, usage
from archgen.draw.drawing import Drawing
from archgen.draw.export import BINARY, PAINTED, export
from archgen.project import Loaded


def wrong_theme(options: argparse.Namespace, format_: str) -> int | None:
    """The exit code, after printing the reason, if a theme was chosen for a format without one; None otherwise."""
    if options.theme == "light" or format_ in PAINTED:
        return None
    return usage(f"--theme has no effect on the format {format_}", f"use it with {', '.join(PAINTED)}")


def picture(drawing: Drawing, format_: str, options: argparse.Namespace, loaded: Loaded) -> bytes:
    """The bytes of a drawing in a format. Prints problems with fonts."""
    tell([drawing], format_, loaded)
    return export(drawing, format_, scheme=options.theme)


def tell(drawings: Iterable[Drawing], format_: str, loaded: Loaded) -> int:
    """Print which fonts cannot be used and which characters no font has, once for all drawings, for formats that embed glyphs.

    Returns the exit code, which is 1 if a font of the project cannot be used.
    """
    from archgen.draw.letters import without_glyphs

    if format_ not in BINARY or loaded.project is None:
        return CLEAN
    problems = [problem for problem in loaded.project.unread if problem.code == "ARC-V007"]
    problems += [problem for drawing in drawings for problem in without_glyphs(drawing, loaded.files.sources)]
    if problems:
        show(list(dict.fromkeys(problems)), loaded)
    return exit_code(problems)
