"""The trunk of a bundle: the line on which edges arrive at their hub, and at which further edges may join it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from archgen.draw.measure import Rect
from archgen.draw.ports import STUB, Port
from archgen.draw.tracks import Point, Tracks

SHORT_NECK = 1.5  # cost of each pixel that is missing between a joint and the hub for the label of the bundle


class Trunk:
    """A tree of vertices, each of which knows the next one on the way to the hub. It ends at `port`; `neck` is the length of the part at
    the hub, in pixels, that should be free of joints.
    """

    def __init__(self, tracks: Tracks, port: Port, neck: float) -> None:
        self.tracks = tracks
        self.port = port
        self.neck = neck
        self.onward: dict[int, int | None] = {}
        self.joints: dict[int, float] = {}  # the vertices at which an edge may join, each with its price

    def add(self, vertices: list[int], alone: Rect) -> list[int]:
        """Add the vertices of an edge, up to the first one that it shares with the trunk. Returns these. No other edge joins in the area
        `alone`.
        """
        first = not self.onward
        shared = next((n for n, vertex in enumerate(vertices) if vertex in self.joints), len(vertices) - 1)
        own = vertices if first else vertices[: shared + 1]
        for vertex, next_ in itertools.pairwise(own):
            self.onward[vertex] = next_
        if first:
            self.onward[own[-1]] = None
        for vertex in own if first else own[:-1]:
            left = self._length(vertex)
            if left >= STUB and not alone.overlaps(_spot(self.tracks.point(vertex))):
                self.joints[vertex] = SHORT_NECK * max(0.0, self.neck - left)
        return own

    def follow(self, vertex: int) -> list[int]:
        """The vertices from this one to the hub."""
        found: list[int] = []
        at: int | None = vertex
        while at is not None:
            found.append(at)
            at = self.onward[at]
        return found

    def goals(self, tracks: Tracks, taken: Rect | None) -> list[Port]:
        """The points outside of the area `taken` at which a further edge may join, as ports. Closes the rest of the trunk in `tracks`, so
        that the edge arrives at one of them from beside the trunk.
        """
        free = {
            vertex: price
            for vertex, price in self.joints.items()
            if taken is None or not taken.overlaps(_spot(self.tracks.point(vertex)))
        }
        tracks.close(vertex for vertex in self.onward if vertex not in free)
        for vertex, next_ in self.onward.items():
            if next_ is not None:
                tracks.close_between(vertex, next_)
        at = [(vertex, self.tracks.point(vertex), price) for vertex, price in sorted(free.items())]
        return [
            Port(point, vertex, level, price, self.port.end, "", 0.0)
            for vertex, point, price in at
            for level in (True, False)
        ]

    def is_crossed_by(self, port: Port) -> bool:
        """Whether the segment at a port crosses the trunk, or runs on it."""
        tip, end = port.tip, self.tracks.point(port.vertex)
        length = _distance(tip, end)
        spots = (self.tracks.point(vertex) for vertex in self.onward if vertex != port.vertex)
        return any(abs(_distance(tip, spot) + _distance(spot, end) - length) < 0.01 for spot in spots)

    def target(self) -> Rect:
        """The smallest box around all points at which an edge may join."""
        return _around([self.tracks.point(vertex) for vertex in self.joints or self.onward])

    def _length(self, vertex: int) -> float:
        """The length of the trunk from a vertex to the hub."""
        points = [*map(self.tracks.point, self.follow(vertex)), self.port.tip]
        return sum(_distance(one, other) for one, other in itertools.pairwise(points))


def _spot(point: Point) -> Rect:
    return Rect(*point, 0, 0)


def _distance(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _around(points: Iterable[Point]) -> Rect:
    xs, ys = zip(*points, strict=True)
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
