"""The line and the arrowheads of a route, as plain shapes, which every program can draw."""

from __future__ import annotations

import math

from archgen.draw.routes import Route
from archgen.draw.tracks import Point

LENGTH = 8  # of an arrowhead
HALF = 3.2  # half of its width
DOT = 2.5  # radius of the dot where edges of a bundle join
INSIDE = 6  # distance from the tip at which the line ends, since a thick line would blunt the tip

DOTS = 9  # between the dots in a closed box

Triangle = tuple[Point, Point, Point]
"""The tip, and the two corners behind it."""


def arrow(route: Route, *, both: bool) -> tuple[Route, tuple[Triangle, ...]]:
    """The line, which ends inside of its arrowheads, and the arrowheads: one at the end of the route, or one at each end."""
    line, tips = _cut(route), [_triangle(route[-2], route[-1])]
    if both:
        line = _cut(line[::-1])[::-1]
        tips.append(_triangle(route[1], route[0]))
    return line, tuple(tips)


def dots(x: float, y: float) -> tuple[Point, Point, Point]:
    """The centers of the three dots that mark a closed box, around a point."""
    return (x - DOTS, y), (x, y), (x + DOTS, y)


def _cut(route: Route) -> Route:
    """The route without the part that its arrowhead covers, but with at least half of the last segment."""
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
