"""Ports: the points of a node or group at which an edge may end, each with a cost."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archgen.draw.graph import Graph
from archgen.draw.measure import ICON, OUTLINE, Rect, ink, solid
from archgen.draw.tracks import ALONG_LINE, APART, CLEAR, Point, Tracks

NEAR = 4  # distance of an arrow's tip from the icon
INSET = 8  # minimum distance of a port from the icon's corner
STUB = 14  # the shortest segment at an end that reads well: an arrowhead and some line
STEM = 9  # the shortest segment with an arrowhead at a node with many edges
SHORT = 5.0  # cost for each pixel that the segment is shorter
OFF_MIDDLE = 1.5  # cost for each pixel from the middle of the icon
OFF_MIDDLE_OF_BORDER = 0.05  # the same for the border of a group
BELOW = 16.0  # cost of a port below the label instead of at the icon
TAKEN = 60.0  # cost for each other edge that already ends next to the port
NO_STEM = -1
CORNER = 10  # minimum distance of a port from the corner of a group


class Port(NamedTuple):
    """A possible end of an edge: the tip, the vertex where the segment from the tip joins the tracks, and the cost in pixels."""

    tip: Point
    vertex: int
    level: bool
    price: float
    end: str
    side: str
    place: float  # coordinate along that side
    length: float = 0.0  # of the segment from the tip to the tracks
    stem: int = NO_STEM  # the segment of the tracks behind it that only its own segment may use, or NO_STEM


class Ports:
    """The ports of all nodes and groups of a graph. Ports next to ends of other edges cost more."""

    def __init__(self, graph: Graph, boxes: Mapping[str, Rect], tracks: Tracks) -> None:
        self.boxes = boxes
        self.tracks = tracks
        self.nodes = graph.nodes()
        self.holds = {
            id_: {inner.id for inner in group.nodes()} | {inner.id for inner in group.groups()} - {id_}
            for id_, group in graph.groups().items()
        }
        self.known: dict[tuple[str, bool], list[Port]] = {}
        self.occupied: dict[str, tuple[Port, ...]] = {}  # by edge

    def of(self, end: str, other: str) -> list[Port]:
        """The ports at `end` for an edge between `end` and `other`. An edge from within a group meets the group's border from inside."""
        inward = end in self.holds and other in self.holds[end]
        ports = self.known.get((end, inward))
        if ports is None:
            new = self._node_ports(end) if end in self.nodes else self._group_ports(end, inward=inward)
            ports = self.known[end, inward] = list(new)
        used = [port for pair in self.occupied.values() for port in pair if port.end == end]
        if not used:
            return ports
        return [self._with_surcharge(port, near) if (near := _count_near(port, used)) else port for port in ports]

    def surcharge(self, port: Port) -> float:
        """What a port costs more than without other edges."""
        used = [other for pair in self.occupied.values() for other in pair if other.end == port.end]
        return _count_near(port, used) * (TAKEN + ALONG_LINE * port.length)

    def with_stems(self, ports: list[Port]) -> list[Port]:
        """The ports with room for an arrowhead and some line behind it; all of them if none has."""
        return [port for port in ports if port.length >= STEM] or ports

    def _with_surcharge(self, port: Port, near: int) -> Port:
        """`port` with a surcharge for `near` other edges that end next to it, along whose segments its own segment would run."""
        price = port.price + near * (TAKEN + ALONG_LINE * port.length)
        return port._replace(price=price)

    def middle(self, port: Port) -> float:
        """The best coordinate for a port on its side: the middle of the icon, or of the group's border."""
        box = self.boxes[port.end]
        height = ICON if port.end in self.nodes else box.height
        return box.y + height / 2 if port.level else box.x + box.width / 2

    def _node_ports(self, end: str) -> Iterator[Port]:
        box, node, tracks = self.boxes[end], self.nodes[end], self.tracks
        middle = box.x + box.width / 2
        off = NEAR + (OUTLINE if node.planned or node.mark else 0)
        left, right = middle - ICON / 2, middle + ICON / 2
        bottom = max(rect.bottom for rect in ink(node, box))
        for r in _indices_within(tracks.ys, box.y + INSET, box.y + ICON - INSET):
            price = OFF_MIDDLE * abs(tracks.ys[r] - box.y - ICON / 2)
            yield from self._ports_in_row(end, "left", r, left - off, box.x - CLEAR, price)
            yield from self._ports_in_row(end, "right", r, right + off, box.right + CLEAR, price)
        for c in _indices_within(tracks.xs, left + INSET, right - INSET):
            price = OFF_MIDDLE * abs(tracks.xs[c] - middle)
            yield from self._ports_in_column(end, "top", c, box.y - off, solid(node, box).y - CLEAR, price)
            yield from self._ports_in_column(end, "bottom", c, bottom + NEAR - 1, box.bottom + CLEAR, price + BELOW)

    def _group_ports(self, end: str, *, inward: bool) -> Iterator[Port]:
        box, tracks = self.boxes[end], self.tracks
        off = -0.01 if inward else 0.01  # just beyond the border, so that a line on the border itself does not count
        for r in _indices_within(tracks.ys, box.y + CORNER, box.bottom - CORNER):
            price = OFF_MIDDLE_OF_BORDER * abs(tracks.ys[r] - box.y - box.height / 2)
            yield from self._ports_in_row(end, "left", r, box.x, box.x - off, price, inward=inward)
            yield from self._ports_in_row(end, "right", r, box.right, box.right + off, price, inward=inward)
        for c in _indices_within(tracks.xs, box.x + CORNER, box.right - CORNER):
            price = OFF_MIDDLE_OF_BORDER * abs(tracks.xs[c] - box.x - box.width / 2)
            yield from self._ports_in_column(end, "top", c, box.y, box.y - off, price, inward=inward)
            yield from self._ports_in_column(end, "bottom", c, box.bottom, box.bottom + off, price, inward=inward)

    def _ports_in_row(
        self, end: str, side: str, row: int, tip: float, clear: float, price: float, *, inward: bool = False
    ) -> Iterator[Port]:
        """The ports in a row of the tracks: at the first column beyond `clear`, and further out until the segment is long enough."""
        xs, first = self.tracks.xs, row * self.tracks.width
        y, way = self.tracks.ys[row], -1 if (side == "left") != inward else 1
        column = bisect_right(xs, clear) - 1 if way < 0 else bisect_left(xs, clear)
        while 0 <= column < len(xs) and price < math.inf:
            length = abs(xs[column] - tip)
            short = SHORT * max(0.0, STUB - length)
            at = column - max(way, 0)  # the segment toward the tip
            behind = end in self.nodes and 0 <= at < len(xs) - 1 and abs(xs[column - way] - tip) < length
            stem = first + at if behind else NO_STEM
            yield Port((tip, y), first + column, True, price + length + short, end, side, y, length, stem)
            if not short or not 0 <= column + way < len(xs):
                return
            price += self.tracks.level[first + column + min(way, 0)] - abs(xs[column] - xs[column + way])
            column += way

    def _ports_in_column(
        self, end: str, side: str, column: int, tip: float, clear: float, price: float, *, inward: bool = False
    ) -> Iterator[Port]:
        """The ports in a column of the tracks, as `_level` does for a row."""
        ys, width = self.tracks.ys, self.tracks.width
        x, way = self.tracks.xs[column], -1 if (side == "top") != inward else 1
        row = bisect_right(ys, clear) - 1 if way < 0 else bisect_left(ys, clear)
        while 0 <= row < len(ys) and price < math.inf:
            length = abs(ys[row] - tip)
            short = SHORT * max(0.0, STUB - length)
            at = row - max(way, 0)  # the segment toward the tip
            behind = end in self.nodes and 0 <= at < len(ys) - 1 and abs(ys[row - way] - tip) < length
            stem = at * width + column if behind else NO_STEM
            yield Port((x, tip), row * width + column, False, price + length + short, end, side, x, length, stem)
            if not short or not 0 <= row + way < len(ys):
                return
            price += self.tracks.upright[(row + min(way, 0)) * width + column] - abs(ys[row] - ys[row + way])
            row += way


def _indices_within(lines: list[float], low: float, high: float) -> range:
    return range(bisect_left(lines, low), bisect_right(lines, high))


def _count_near(port: Port, used: list[Port]) -> int:
    return sum(1 for other in used if other.side == port.side and abs(other.place - port.place) < APART)
