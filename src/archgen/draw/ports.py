"""A node or a group in, the places where an edge may end at it out, each with its price."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from archgen.draw.graph import Graph
from archgen.draw.measure import ICON, OUTLINE, Rect, ink, solid
from archgen.draw.tracks import ALONG_LINE, APART, CLEAR, Point, Tracks

NEAR = 4  # how close an arrow comes to what it points at
INSET = 8  # how far inside the icon's edge an arrow may meet it
STUB = 14  # the shortest piece at an end that reads well: an arrow's tip and some line
SHORT = 5.0  # times what a shorter one lacks
OFF_MIDDLE = 1.5  # times the distance from the icon's middle, for meeting it there
OFF_MIDDLE_OF_BORDER = 0.05
BELOW = 16.0  # for an end under a label instead of at the icon
TAKEN = 60.0  # for an end where another edge has one
CORNER = 10  # between the corner of a group and an end on its border


@dataclass(frozen=True, slots=True)
class Port:
    """Where an edge may end: the tip, the vertex where its first piece meets the tracks, and what it costs."""

    tip: Point
    vertex: int
    level: bool
    price: float
    end: str
    side: str
    place: float  # on that side


class Ports:
    """The ports of everything in a graph. What others occupy costs more."""

    def __init__(self, graph: Graph, boxes: Mapping[str, Rect], tracks: Tracks) -> None:
        self.boxes = boxes
        self.tracks = tracks
        self.nodes = graph.nodes()
        self.holds = {
            id_: {inner.id for inner in group.nodes()} | {inner.id for inner in group.groups()} - {id_}
            for id_, group in graph.groups().items()
        }
        self.known: dict[tuple[str, bool], list[Port]] = {}
        self.occupied: dict[str, tuple[Port, Port]] = {}  # by edge

    def of(self, end: str, other: str) -> list[Port]:
        """Where an edge between `end` and `other` may end at `end`. An edge from inside a group meets its border from there."""
        inward = end in self.holds and other in self.holds[end]
        found = self.known.get((end, inward))
        if found is None:
            made = self._of_node(end) if end in self.nodes else self._of_group(end, inward=inward)
            found = self.known[end, inward] = list(made)
        used = [port for pair in self.occupied.values() for port in pair if port.end == end]
        if not used:
            return found
        return [self._dearer(port, near) if (near := _near(port, used)) else port for port in found]

    def _dearer(self, port: Port, near: int) -> Port:
        """The port beside ends of other edges; its piece to the tracks would run along theirs."""
        row, column = divmod(port.vertex, self.tracks.width)
        length = abs(self.tracks.xs[column] - port.tip[0]) + abs(self.tracks.ys[row] - port.tip[1])
        return replace(port, price=port.price + near * (TAKEN + ALONG_LINE * length))

    def middle(self, port: Port) -> float:
        """Where on its side an edge had best end: in the middle of the icon, or of the group's border."""
        box = self.boxes[port.end]
        height = ICON if port.end in self.nodes else box.height
        return box.y + height / 2 if port.level else box.x + box.width / 2

    def _of_node(self, end: str) -> Iterator[Port]:
        box, node, tracks = self.boxes[end], self.nodes[end], self.tracks
        middle = box.x + box.width / 2
        off = NEAR + (OUTLINE if node.planned or node.change else 0)
        left, right = middle - ICON / 2, middle + ICON / 2
        bottom = max(rect.bottom for rect in ink(node, box))
        for r in _within(tracks.ys, box.y + INSET, box.y + ICON - INSET):
            price = OFF_MIDDLE * abs(tracks.ys[r] - box.y - ICON / 2)
            yield from self._level(end, "left", r, left - off, box.x - CLEAR, price)
            yield from self._level(end, "right", r, right + off, box.right + CLEAR, price)
        for c in _within(tracks.xs, left + INSET, right - INSET):
            price = OFF_MIDDLE * abs(tracks.xs[c] - middle)
            yield from self._upright(end, "top", c, box.y - off, solid(node, box).y - CLEAR, price)
            yield from self._upright(end, "bottom", c, bottom + NEAR - 1, box.bottom + CLEAR, price + BELOW)

    def _of_group(self, end: str, *, inward: bool) -> Iterator[Port]:
        box, tracks = self.boxes[end], self.tracks
        off = -0.01 if inward else 0.01  # beyond the border, where a line is not on it
        for r in _within(tracks.ys, box.y + CORNER, box.bottom - CORNER):
            price = OFF_MIDDLE_OF_BORDER * abs(tracks.ys[r] - box.y - box.height / 2)
            yield from self._level(end, "left", r, box.x, box.x - off, price, inward=inward)
            yield from self._level(end, "right", r, box.right, box.right + off, price, inward=inward)
        for c in _within(tracks.xs, box.x + CORNER, box.right - CORNER):
            price = OFF_MIDDLE_OF_BORDER * abs(tracks.xs[c] - box.x - box.width / 2)
            yield from self._upright(end, "top", c, box.y, box.y - off, price, inward=inward)
            yield from self._upright(end, "bottom", c, box.bottom, box.bottom + off, price, inward=inward)

    def _level(
        self, end: str, side: str, row: int, tip: float, clear: float, price: float, *, inward: bool = False
    ) -> Iterator[Port]:
        """The ports in a row: at the first column beyond what has to be clear of the end, and where the piece is long enough."""
        xs, first = self.tracks.xs, row * self.tracks.width
        y, way = self.tracks.ys[row], -1 if (side == "left") != inward else 1
        column = bisect_right(xs, clear) - 1 if way < 0 else bisect_left(xs, clear)
        while 0 <= column < len(xs) and price < math.inf:
            length = abs(xs[column] - tip)
            short = SHORT * max(0.0, STUB - length)
            yield Port((tip, y), first + column, True, price + length + short, end, side, y)
            if not short or not 0 <= column + way < len(xs):
                return
            price += self.tracks.level[first + column + min(way, 0)] - abs(xs[column] - xs[column + way])
            column += way

    def _upright(
        self, end: str, side: str, column: int, tip: float, clear: float, price: float, *, inward: bool = False
    ) -> Iterator[Port]:
        """The ports in a column, as those in a row."""
        ys, width = self.tracks.ys, self.tracks.width
        x, way = self.tracks.xs[column], -1 if (side == "top") != inward else 1
        row = bisect_right(ys, clear) - 1 if way < 0 else bisect_left(ys, clear)
        while 0 <= row < len(ys) and price < math.inf:
            length = abs(ys[row] - tip)
            short = SHORT * max(0.0, STUB - length)
            yield Port((x, tip), row * width + column, False, price + length + short, end, side, x)
            if not short or not 0 <= row + way < len(ys):
                return
            price += self.tracks.upright[(row + min(way, 0)) * width + column] - abs(ys[row] - ys[row + way])
            row += way


def _within(lines: list[float], low: float, high: float) -> range:
    return range(bisect_left(lines, low), bisect_right(lines, high))


def _near(port: Port, used: list[Port]) -> int:
    return sum(1 for other in used if other.side == port.side and abs(other.place - port.place) < APART)
