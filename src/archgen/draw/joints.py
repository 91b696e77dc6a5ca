"""Which parts of their routes the edges of a bundle share. Routes are given from the hub of the bundle outwards."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import reduce

from archgen.draw.tracks import Point

Line = tuple[Point, ...]


def shared_start(lines: Sequence[Line]) -> Line:
    """The part that all lines have in common, from their first point."""
    return reduce(_common, lines)


def joints(lines: Sequence[Line]) -> list[Point]:
    """The points at which lines part, each once; not the first point of the lines."""
    parted = [_common(one, other)[-1] for one, other in itertools.combinations(lines, 2)]
    return [point for point in dict.fromkeys(parted) if point != lines[0][0]]


def own_part(number: int, lines: Sequence[Line]) -> Line:
    """The part of the line with this index that it shares with no other one, or the whole line if there is none."""
    line, common = lines[number], _longest_common(number, lines)
    done, rest = _length(common), list(line)
    while len(rest) > 2 and _length(tuple(line[: len(line) - len(rest) + 2])) <= done:
        rest.pop(0)
    return (common[-1], *rest[1:])


def _longest_common(number: int, lines: Sequence[Line]) -> Line:
    """The longest part that a line shares with any other one."""
    found = [_common(lines[number], other) for n, other in enumerate(lines) if n != number]
    return max(found, key=_length)


def _common(one: Line, other: Line) -> Line:
    """The part that two lines have in common, from their first point."""
    if one[0] != other[0]:
        return one[:1]
    points = [one[0]]
    i = j = 1
    while i < len(one) and j < len(other) and _direction(points[-1], one[i]) == _direction(points[-1], other[j]):
        near = min(one[i], other[j], key=lambda point: _length((points[-1], point)))
        points.append(near)
        i += near == one[i]
        j += near == other[j]
    return tuple(points)


def _direction(start: Point, end: Point) -> tuple[int, int]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    return (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)


def _length(line: Line) -> float:
    return sum(abs(ax - bx) + abs(ay - by) for (ax, ay), (bx, by) in itertools.pairwise(line))
