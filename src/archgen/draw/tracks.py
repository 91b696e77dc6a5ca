"""Tracks: the lines that routes may follow, as a grid in which every segment has a price.

Tracks run through icons, so that arrows can meet them, and through the channels between boxes. Segments that routes must not use cost
infinity.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from archgen.draw.measure import Rect
from archgen.records import dataclass

Point = tuple[float, float]
Span = tuple[float, float]  # from, to
Wall = tuple[tuple[int, ...], tuple[int, ...]]  # the segments of `level` and of `upright`

CLEAR = 4  # minimum distance from a node to a line that passes it
CLEAR_OF_TITLE = 2  # the same for the title of a group
APART = 10  # minimum distance between lines that run side by side
ALONG_BORDER = 3.0  # price for each pixel of a line that is within CLOSE of a border, so that it seems part of it
CLOSE = 3.5  # less than half of the narrowest channel
NEAR_BORDER = 0.12  # price for each pixel of a line within NOT_FAR of a border
NOT_FAR = 6
CROSSED_BORDER = 3.0  # price of crossing a border
CROSSED_LINE = 24.0  # price of crossing another route
ALONG_LINE = 6.0  # price for each pixel of a line within APART of another route
ON_LINE = 100.0  # the same within CLOSE of another route, if one edge was already found to run on another
OUTER = 14  # how far outside of all boxes a line may run
ROOMY = 12  # preferred distance from a border or a node to a line
SAME = 1.5  # lines closer than this are merged; more in wide channels


@dataclass(frozen=True, slots=True)
class Tracks:
    """Columns `xs` and rows `ys`, ascending. `level[r * width + c]` is the price of the segment from column c to the next in row r,
    `upright[r * width + c]` that of the segment from row r to the next in column c. Prices are in pixels of length.
    """

    xs: list[float]
    ys: list[float]
    level: list[float]
    upright: list[float]
    width: int  # the number of columns

    def copy(self) -> Tracks:
        """The same tracks with separate prices."""
        return Tracks(self.xs, self.ys, self.level.copy(), self.upright.copy(), self.width)

    def point(self, vertex: int) -> Point:
        """Where a vertex is."""
        return self.xs[vertex % self.width], self.ys[vertex // self.width]

    def close(self, vertices: Iterable[int]) -> None:
        """Make the segments at these vertices impassable."""
        for vertex in vertices:
            for prices, at in (
                (self.level, vertex),
                (self.level, vertex - 1),
                (self.upright, vertex),
                (self.upright, vertex - self.width),
            ):
                prices[at] = math.inf

    def close_between(self, one: int, other: int) -> None:
        """Make the segment between two neighboring vertices impassable."""
        prices = self.level if abs(one - other) == 1 else self.upright
        prices[min(one, other)] = math.inf

    def close_segments(self, level: Iterable[int], upright: Iterable[int]) -> None:
        """Make these segments impassable."""
        for at in level:
            self.level[at] = math.inf
        for at in upright:
            self.upright[at] = math.inf

    def block(self, box: Rect) -> None:
        """Make every segment inside `box` impassable, at an infinite price."""
        for cells, prices in self._inside(box):
            for cell in cells:
                prices[cell] = math.inf

    def add_border(self, box: Rect, crossing: float) -> None:
        """Raise the prices of crossing the border of a box, by `crossing`, and of running along it."""
        level, upright = self.wall(box)
        self.add_wall((level, ()), crossing)
        for x in (box.x, box.right):
            self._beside_upright(x, box.y, box.bottom, CLOSE, ALONG_BORDER)
            self._beside_upright(x, box.y, box.bottom, NOT_FAR, NEAR_BORDER)
        self.add_wall(((), upright), crossing)
        for y in (box.y, box.bottom):
            self._beside_level(y, box.x, box.right, CLOSE, ALONG_BORDER)
            self._beside_level(y, box.x, box.right, NOT_FAR, NEAR_BORDER)

    def wall(self, box: Rect) -> Wall:
        """The segments that cross the border of a box."""
        beside = (self._crossing_upright(x, box.y, box.bottom) for x in (box.x, box.right))
        above = (self._crossing_level(y, box.x, box.right) for y in (box.y, box.bottom))
        return tuple(at for each in beside for at in each), tuple(at for each in above for at in each)

    def add_wall(self, wall: Wall, crossing: float) -> None:
        """Raise the price of the segments of a wall by `crossing`."""
        for prices, segments in zip((self.level, self.upright), wall, strict=True):
            for at in segments:
                prices[at] += crossing

    def occupy(self, points: Iterable[Point], sign: int = 1) -> None:
        """Raise the prices of crossing a route and of running beside it; a `sign` of -1 lowers them again."""
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            if y1 == y2:
                low, high = (x1, x2) if x1 < x2 else (x2, x1)
                self._beside_level(y1, low, high, APART, sign * ALONG_LINE)
                row, first = bisect_left(self.ys, y1 - 0.01), bisect_left(self.xs, low)
                count = bisect_right(self.xs, high) - first
                for before in (row, row - 1):
                    self._add_crossings(self.upright, before * self.width + first, 1, count, sign)
            else:
                low, high = (y1, y2) if y1 < y2 else (y2, y1)
                self._beside_upright(x1, low, high, APART, sign * ALONG_LINE)
                column, first = bisect_left(self.xs, x1 - 0.01), bisect_left(self.ys, low)
                count = bisect_right(self.ys, high) - first
                for before in (column, column - 1):
                    self._add_crossings(self.level, first * self.width + before, self.width, count, sign)

    def keep_off(self, points: Iterable[Point]) -> None:
        """Raise the price of running on a route so much that nothing does so if there is another way."""
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            if y1 == y2:
                self._beside_level(y1, min(x1, x2), max(x1, x2), CLOSE, ON_LINE)
            else:
                self._beside_upright(x1, min(y1, y2), max(y1, y2), CLOSE, ON_LINE)

    def _add_crossings(self, prices: list[float], first: int, step: int, count: int, sign: int) -> None:
        # Half of the price on either side of the line: a route that crosses it pays both.
        for at in range(first, first + count * step, step):
            if 0 <= at < len(prices):
                prices[at] += sign * CROSSED_LINE / 2

    def _inside(self, box: Rect) -> Iterator[tuple[Iterable[int], list[float]]]:
        first, last = _overlapping(self.xs, box.x, box.right)
        for r in range(bisect_right(self.ys, box.y), bisect_left(self.ys, box.bottom)):
            yield range(r * self.width + first, r * self.width + last), self.level
        first, last = _overlapping(self.ys, box.y, box.bottom)
        for c in range(bisect_right(self.xs, box.x), bisect_left(self.xs, box.right)):
            yield range(first * self.width + c, last * self.width + c, self.width), self.upright

    def _crossing_upright(self, x: float, low: float, high: float) -> range:
        """The segments from left to right that cross an upright line."""
        column = bisect_left(self.xs, x) - 1
        if not 0 <= column < self.width - 1:
            return range(0)
        first, last = bisect_left(self.ys, low), bisect_right(self.ys, high)
        return range(first * self.width + column, last * self.width + column, self.width)

    def _crossing_level(self, y: float, low: float, high: float) -> range:
        """The segments from top to bottom that cross a level line."""
        row = bisect_left(self.ys, y) - 1
        if not 0 <= row < len(self.ys) - 1:
            return range(0)
        return range(row * self.width + bisect_left(self.xs, low), row * self.width + bisect_right(self.xs, high))

    def _beside_level(self, y: float, low: float, high: float, distance: float, times: float) -> None:
        first, last = _overlapping(self.xs, low, high)
        for r in range(bisect_right(self.ys, y - distance), bisect_left(self.ys, y + distance)):
            for c in range(first, last):
                share = min(self.xs[c + 1], high) - max(self.xs[c], low)
                self.level[r * self.width + c] += share * times

    def _beside_upright(self, x: float, low: float, high: float, distance: float, times: float) -> None:
        first, last = _overlapping(self.ys, low, high)
        for c in range(bisect_right(self.xs, x - distance), bisect_left(self.xs, x + distance)):
            for r in range(first, last):
                share = min(self.ys[r + 1], high) - max(self.ys[r], low)
                self.upright[r * self.width + c] += share * times


def lay(
    nodes: Iterable[Rect],
    frames: Iterable[Rect],
    titles: Iterable[Rect],
    columns: Iterable[float],
    rows: Iterable[float],
) -> Tracks:
    """The tracks for these boxes. `columns` and `rows` are additional lines, the most important ones first."""
    nodes, frames, titles = list(nodes), list(frames), list(titles)
    everything = [*nodes, *frames, *titles]
    spans = [((box.x, box.right), (box.y, box.bottom)) for box in everything]
    xs = _lines(columns, spans)
    ys = _lines(rows, [(down, across) for across, down in spans])
    width = len(xs)
    across = [b - a for a, b in itertools.pairwise(xs)] + [math.inf]
    level = across * len(ys)
    upright = [length for a, b in itertools.pairwise(ys) for length in [b - a] * width] + [math.inf] * width
    tracks = Tracks(xs, ys, level, upright, width)
    for box in frames:
        tracks.add_border(box, CROSSED_BORDER)
    for box in nodes:
        tracks.block(grown(box, CLEAR))
    for box in titles:
        tracks.block(grown(box, CLEAR_OF_TITLE))
    return tracks


def grown(box: Rect, by: float) -> Rect:
    """The box with a margin around it."""
    return Rect(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by)


def _overlapping(lines: list[float], low: float, high: float) -> tuple[int, int]:
    """First and last index (exclusive) of the segments between `lines` that overlap the span from `low` to `high`."""
    return max(0, bisect_right(lines, low) - 1), min(len(lines) - 1, bisect_left(lines, high))


def _lines(wanted: Iterable[float], boxes: list[tuple[Span, Span]]) -> list[float]:
    """The coordinates of the lines on one axis, ascending: `wanted`, the middle of each channel, and both sides of wide channels.

    `boxes` are given by their span on this axis and their span on the other.
    """
    # Narrow channels first, since they have only one good position.
    channels = sorted(_channels(boxes), key=lambda span: (span[1] - span[0], span))
    candidates = [(line, SAME) for line in wanted]
    candidates += [((low + high) / 2, max(SAME, (high - low) / 8)) for low, high in channels if high - low >= 2 * CLEAR]
    for low, high in channels:
        wide = high - low
        if wide >= 3 * ROOMY:
            candidates += [(low + ROOMY, ROOMY / 2), (high - ROOMY, ROOMY / 2)]
        elif wide >= 2 * ROOMY - APART:
            candidates += [(low + wide / 3, ROOMY / 2), (high - wide / 3, ROOMY / 2)]
    chosen: list[float] = []
    for line, same in candidates:
        at = bisect_left(chosen, line)
        near = [chosen[n] for n in (at - 1, at) if 0 <= n < len(chosen)]
        if all(abs(line - other) >= same for other in near):
            chosen.insert(at, line)
    return chosen


def _channels(boxes: list[tuple[Span, Span]]) -> set[Span]:
    """The spans between each side of a box and the nearest side of another box, and one channel around all boxes."""
    walls = sorted({(end, across) for span, across in boxes for end in span})
    places = [wall for wall, _across in walls]
    channels: set[Span] = {(places[0] - 2 * OUTER, places[0]), (places[-1], places[-1] + 2 * OUTER)}
    for (low, high), across in boxes:
        before = (walls[n] for n in range(bisect_left(places, low) - 1, -1, -1))
        after = (walls[n] for n in range(bisect_right(places, high), len(walls)))
        channels |= {(wall, low) for wall in _first_wall(before, across)}
        channels |= {(high, wall) for wall in _first_wall(after, across)}
    return channels


def _first_wall(walls: Iterable[tuple[float, Span]], across: Span) -> Iterator[float]:
    """The first wall that overlaps the span `across` on the other axis, or nothing."""
    for wall, (low, high) in walls:
        if low < across[1] and across[0] < high:
            yield wall
            return
