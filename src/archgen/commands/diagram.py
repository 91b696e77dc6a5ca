"""`archgen diagram`: draw views."""

from __future__ import annotations

import argparse
from pathlib import Path

from archgen.commands.pictures import tell, wrong_theme
from archgen.commands.shared import CLEAN, UNUSABLE, coordinate_of, print_out, read_model, show, unusable, usage
from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.pipeline import UnknownViewError, draw_views


def run(options: argparse.Namespace) -> int:
    """Draw one view or all of them; returns the exit code."""
    from archgen.draw.export import BINARY, FORMATS, SUFFIXES, export

    loaded = read_model(options)
    if loaded.project is None:
        return unusable(loaded)
    if bool(options.view) == options.all:
        return usage("give either the name of a view or --all", "archgen diagram network -o network.svg")
    format_ = options.format or SUFFIXES.get(Path(options.output or "x.svg").suffix, "" if not options.all else "svg")
    if not format_:
        return usage(
            f"the suffix of '{options.output}' is not a known format",
            f"use one of {', '.join(SUFFIXES)}, or add --format",
        )
    if (options.all or format_ in BINARY) and not options.output:
        what = "--all" if options.all else format_
        help_ = "add -o FOLDER" if options.all else f"add -o {options.view}{FORMATS[format_]}"
        return usage(f"{what} cannot be written to standard output", help_)
    if not 0.1 <= options.scale <= 10:
        return usage(f"the scale {options.scale} is out of range", "choose a scale from 0.1 to 10")
    if (code := wrong_theme(options, format_)) is not None:
        return code
    coordinate = coordinate_of(loaded, options.at)
    if coordinate is None:
        return UNUSABLE
    try:
        drawings = draw_views(loaded.project, [options.view] if options.view else [], coordinate)
    except UnknownViewError as error:
        help_ = did_you_mean(error.name, error.known)
        show([Diagnostic("ARC-V001", str(error), help_)], loaded)
        return UNUSABLE
    if not drawings:
        help_ = "archgen diagram --all draws every view that is not empty"
        show([Diagnostic("ARC-V002", f"the view '{options.view}' is empty at {coordinate}", help_)], loaded)
        return UNUSABLE
    if not options.output:
        print_out(export(drawings[options.view], format_, scheme=options.theme).decode())
        return CLEAN
    from archgen.system.outfile import write_one

    code = tell(drawings.values(), format_, loaded)
    for name, drawing in drawings.items():
        file = Path(options.output) / f"{name}{FORMATS[format_]}" if options.all else Path(options.output)
        if write_one(file, export(drawing, format_, options.scale, options.theme), folder=options.all):
            print(f"{file}: {name} at {coordinate}.")
    return code
