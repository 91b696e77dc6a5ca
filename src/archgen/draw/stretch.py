"""Makes room for labels of edges that would be on the border of a group or on a node: boxes move apart beside the label.

Everything on one side of a cut moves by the same distance, and what the cut goes through grows if it is a group. So boxes that did not
overlap before do not overlap afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from archgen.draw.arrange import LOW, SLIM, WIDE
from archgen.draw.graph import Graph
from archgen.draw.labels import HEIGHT, SPACE, Bounds, Label, bands, gaps, hits, turned
from archgen.draw.measure import EDGE, Rect, text_width
from archgen.records import dataclass

FREE = 3.0  # between a label and the things beside it
MOST = 110.0  # pixels by which one cut may widen a picture
_THIN = 6.0  # a gap between two things that is smaller is not worth widening


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a picture may be cut, from `low` to `high` on an axis (0 is x), and by how many pixels its sides move apart."""

    axis: int
    low: float
    high: float
    by: float


def cuts_for(
    labels: Iterable[Label], placed: Mapping[str, Rect], borders: Sequence[Bounds], things: Sequence[Bounds]
) -> list[Cut]:
    """The smallest cut that makes room for each label that is `placed` on a border, or on one of the `things` that it should not cover."""
    cuts = []
    for label in labels:
        if hits(placed[label.id], [*borders, *things]):
            options = list(_options(label, [*borders, *things]))
            if options:
                cuts.append(min(options, key=lambda cut: (cut.by, cut.axis, cut.low)))
    return _merged(cuts)


def _options(label: Label, things: list[Bounds]) -> Iterator[Cut]:
    """The cuts, each of which would make room for a label at one of its pieces of line."""
    width = text_width(label.text, EDGE)
    across = [turned(thing) for thing in things]
    for piece in label.pieces:
        for axis, near, far in bands(piece, width):
            ends = (piece[0][axis], piece[1][axis])
            for low, high in gaps(ends, near, far, across if axis else things):
                yield from _cut(axis, low, high, (HEIGHT if axis else width) + 2 * FREE)
            size = (HEIGHT, width + SPACE + 1) if axis else (width, HEIGHT + SPACE)
            yield from _beside(1 - axis, piece[0][1 - axis], ends, size, things if axis else across)


def _cut(axis: int, low: float, high: float, length: float) -> Iterator[Cut]:
    """The cut that makes a gap as long as necessary, if there is one."""
    if high - low >= _THIN and 0 < length - (high - low) <= MOST:
        yield Cut(axis, low + 1, high - 1, length - (high - low))


def _beside(
    axis: int, line: float, ends: tuple[float, float], size: tuple[float, float], things: list[Bounds]
) -> Iterator[Cut]:
    """The cuts beside a piece of line at the place `line` on an axis, between it and the next thing on each side, for a label in the middle
    of the piece that has this `size` along it and away from it. `things` have this axis first.
    """
    middle, half = (ends[0] + ends[1]) / 2, size[0] / 2 + 1
    if half > abs(ends[0] - ends[1]) / 2:
        return
    spans = [(low, high) for low, near, high, far in things if near < middle + half and middle - half < far]
    after = min((low for low, _high in spans if low >= line), default=line)
    before = max((high for _low, high in spans if high <= line), default=line)
    yield from _cut(axis, line, after, size[1] + FREE)
    yield from _cut(axis, before, line, size[1] + FREE)


def _merged(cuts: Iterable[Cut]) -> list[Cut]:
    """The cuts with those at the same place as one, which is as wide as the widest."""
    merged: list[Cut] = []
    for cut in sorted(cuts, key=lambda cut: (cut.axis, cut.low, cut.high)):
        last = merged[-1] if merged else None
        if last and last.axis == cut.axis and cut.low < last.high:
            merged[-1] = Cut(cut.axis, cut.low, min(last.high, cut.high), max(last.by, cut.by))
        else:
            merged.append(cut)
    return merged


def stretched(graph: Graph, boxes: Mapping[str, Rect], cuts: Iterable[Cut]) -> dict[str, Rect]:
    """The boxes after the cuts: what is beyond a cut has moved, and groups on both sides of it have grown.

    Cuts are left out that would make the picture wider than a page, or too tall.
    """
    nodes = graph.nodes()
    for cut in sorted(
        cuts, key=lambda cut: (cut.axis, -cut.low)
    ):  # the last one first: the places of the others stay right
        at = (cut.low + cut.high) / 2
        moved = {id_: _moved(box, cut, at, grows=id_ not in nodes) for id_, box in boxes.items()}
        if _fits(moved.values(), cut.axis):
            boxes = moved
    return dict(boxes)


def _moved(box: Rect, cut: Cut, at: float, *, grows: bool) -> Rect:
    low, size = (box.y, box.height) if cut.axis else (box.x, box.width)
    begin = low if grows else low + size / 2
    end = low + size if grows else begin
    start = low + (cut.by if begin >= at else 0)
    size += (cut.by if end >= at else 0) - (start - low)
    return replace(box, y=start, height=size) if cut.axis else replace(box, x=start, width=size)


def _fits(boxes: Iterable[Rect], axis: int) -> bool:
    everything = list(boxes)
    width = max(box.right for box in everything) - min(box.x for box in everything)
    height = max(box.bottom for box in everything) - min(box.y for box in everything)
    return height <= max(SLIM * width, LOW) if axis else width <= WIDE
