"""`archgen compare`: the differences between two coordinates or revisions."""

from __future__ import annotations

import argparse
from pathlib import Path

from archgen.commands.pictures import picture, wrong_theme
from archgen.commands.shared import (
    CLEAN,
    FINDINGS,
    UNUSABLE,
    coordinate_of,
    load_at,
    print_or_write,
    usage,
)
from archgen.diagnostics.places import for_people, for_programs
from archgen.model.coordinate import Coordinate
from archgen.pipeline import Loaded, draw_difference


def run(options: argparse.Namespace) -> int:
    """Print or write the comparison; returns the exit code."""
    from archgen.comparing.comparison import Comparison, moved
    from archgen.comparing.formats import FORMATS
    from archgen.draw.export import BINARY, SUFFIXES

    revisions = (options.from_rev, options.to_rev)
    sides: list[tuple[Loaded, Coordinate]] = []
    for name, at, revision in (("from", options.from_, revisions[0]), ("to", options.to_, revisions[1])):
        again = bool(sides) and revisions[0] == revisions[1]
        loaded = sides[0][0] if again else load_at(options, revision)
        coordinate = coordinate_of(loaded, at, f"--{name}") if loaded and loaded.project else None
        if loaded is None or coordinate is None:
            return UNUSABLE
        sides.append((loaded, coordinate))
    (old, one), (new, other) = sides
    assert old.project is not None
    assert new.project is not None
    format_ = options.format or SUFFIXES.get(Path(options.output or "").suffix, "text")
    if format_ in BINARY and not options.output:
        return usage(f"{format_} cannot be written to standard output", f"add -o difference.{format_}")
    if (code := wrong_theme(options, format_)) is not None:
        return code
    difference = Comparison(old.project.resolved, new.project.resolved).of(one, other)
    names = (for_people if format_ == "text" else for_programs)(new.root)
    difference = moved(difference, names.span)
    if format_ in FORMATS:
        print_or_write(FORMATS[format_](difference, revisions), options.output)
    else:
        fonts = () if revisions[1] else new.project.fonts  # fonts of a revision only exist while it is checked out
        before, after = old.project.resolved.architectures[one], new.project.resolved.architectures[other]
        drawing = draw_difference(before, after, fonts)
        if drawing is None:
            return usage("no component differs, so there is nothing to draw", "use --format text for other differences")
        print_or_write(picture(drawing, format_, options, new), options.output)
    return FINDINGS if options.exit_code and difference else CLEAN
