"""A route in, its line and its arrowheads out: as plain shapes, which every program can draw."""

from __future__ import annotations

import math

from archgen.draw.routes import Route
from archgen.draw.tracks import Point

LENGTH = 8  # of an arrowhead
HALF = 3.2  # its width, on either side of the line
INSIDE = 6  # how far a line leads into its arrowhead's place: thick lines would blunt the tip

Triangle = tuple[Point, Point, Point]
"""The tip, and the two corners behind it."""


def arrow(route: Route, *, both: bool) -> tuple[Route, tuple[Triangle, ...]]:
    """The line, which ends inside its arrowheads, and an arrowhead at its end, or at both ends."""
    line, tips = _cut(route), [_triangle(route[-2], route[-1])]
    if both:
        line = _cut(line[::-1])[::-1]
        tips.append(_triangle(route[1], route[0]))
    return line, tuple(tips)


def _cut(route: Route) -> Route:
    """The line without what its arrowhead covers; of a piece shorter than that, half is left."""
    (x1, y1), (x2, y2) = route[-2:]
    length = math.hypot(x2 - x1, y2 - y1)
    share = min(INSIDE / length, 0.5) if length else 0
    return (*route[:-1], (x2 - (x2 - x1) * share, y2 - (y2 - y1) * share))


def _triangle(before: Point, tip: Point) -> Triangle:
    (x1, y1), (x2, y2) = before, tip
    length = math.hypot(x2 - x1, y2 - y1) or 1
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    x, y = x2 - dx * LENGTH, y2 - dy * LENGTH
    return tip, (x - dy * HALF, y + dx * HALF), (x + dy * HALF, y - dx * HALF)
