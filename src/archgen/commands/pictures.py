"""What commands that draw share: what to say about themes and fonts."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from archgen.commands.shared import CLEAN, exit_code, show, usage
from archgen.draw.drawing import Drawing
from archgen.draw.export import BINARY, PAINTED, export
from archgen.project import Loaded


def wrong_theme(options: argparse.Namespace, format_: str) -> int | None:
    """The exit code, after saying so, where the format has no color scheme to choose; None where all is well."""
    if options.theme == "light" or format_ in PAINTED:
        return None
    return usage(f"a picture as {format_} has no theme", f"--theme is for {', '.join(PAINTED)}")


def picture(drawing: Drawing, format_: str, options: argparse.Namespace, loaded: Loaded) -> bytes:
    """The drawing in a format, after saying what fonts lack for it."""
    tell([drawing], format_, loaded)
    return export(drawing, format_, scheme=options.theme)


def tell(drawings: Iterable[Drawing], format_: str, loaded: Loaded) -> int:
    """Say which fonts cannot be used, and which letters no font has, once for all drawings; nothing where letters stay text. Returns the
    exit code: 1 where a font of the project cannot be used."""
    from archgen.draw.letters import without_glyphs

    if format_ not in BINARY or loaded.project is None:
        return CLEAN
    found = [problem for problem in loaded.project.unread if problem.code == "ARC-V007"]
    found += [problem for drawing in drawings for problem in without_glyphs(drawing, loaded.files.sources)]
    if found:
        show(list(dict.fromkeys(found)), loaded)
    return exit_code(found)
