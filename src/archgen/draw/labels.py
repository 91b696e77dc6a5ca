"""Places the labels of edges: on the longest segment of the route, where nothing else is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from archgen.draw.bundles import Bundle, bundles, common_labels
from archgen.draw.graph import Edge, Graph
from archgen.draw.joints import own_part, shared_start
from archgen.draw.measure import EDGE, Rect, bundle_label, edge_label, text_width
from archgen.draw.routes import Route
from archgen.draw.tracks import Point
from archgen.records import dataclass

HEIGHT = 13
SPACE = 3  # between line and label
NEAR = 5  # distance to a line of another edge below which a label might seem to belong to that one
BETWEEN = 6  # between two labels in a row, which would read as one otherwise

Segment = tuple[Point, Point]
Bounds = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Label:
    """A label to be placed: what is drawn, the pieces of line at which it may be, and the edges that it belongs to."""

    id: str
    text: str
    pieces: tuple[Segment, ...]
    edges: frozenset[str]


def labels_of_edges(graph: Graph, routes: Mapping[str, Route]) -> list[Label]:
    """The labels of all edges that have one, without bundles."""
    return [_label_of(edge, routes[edge.id]) for edge in graph.edges if edge.label and edge.id in routes]


def labels_of(graph: Graph, routes: Mapping[str, Route]) -> list[Label]:
    """The labels of bundles, which are at the line that all of their edges share, and of the edges that keep their labels."""
    common = common_labels(graph)
    lines = dict(routes)
    found = []
    for bundle in bundles(graph):
        ways = ways_from_hub(bundle, routes)
        pieces = tuple(segments(shared_start(ways)))
        found.append(Label(bundle.id, bundle_label(bundle), pieces, frozenset(edge.id for edge in bundle.edges)))
        lines |= {edge.id: own_part(n, ways) for n, edge in enumerate(bundle.edges)}
    return found + [_label_of(edge, lines[edge.id]) for edge in graph.edges if edge.label and edge.id not in common]


def ways_from_hub(bundle: Bundle, routes: Mapping[str, Route]) -> list[Route]:
    """The routes of a bundle's edges, each from the hub to the other end."""
    return [routes[edge.id][::-1] if bundle.enters else routes[edge.id] for edge in bundle.edges]


def _label_of(edge: Edge, line: Route) -> Label:
    return Label(edge.id, edge_label(edge), tuple(segments(line)), frozenset({edge.id}))


def place_labels(
    labels: Iterable[Label], routes: Mapping[str, Route], taken: list[Rect], frames: list[Rect]
) -> dict[str, Rect]:
    """A box for each label, by its id. Labels should not cover the boxes `taken`, and avoid the borders of `frames`."""
    occupied = [bounds_of(box) for box in taken]
    borders = borders_of(frames)
    lines = {id_: [_segment_bounds(segment) for segment in segments(route)] for id_, route in routes.items()}
    placed: dict[str, Rect] = {}
    for label in labels:
        width = text_width(label.text, EDGE)
        area = _around(label.pieces, width)
        others = [line for id_, found in lines.items() if id_ not in label.edges for line in found]
        own = dict.fromkeys(line for id_ in sorted(label.edges) for line in lines[id_])
        near = [_touching(area, things) for things in (occupied, others, borders, own)]
        best = _best(list(label.pieces), width, *near)
        placed[label.id] = best
        occupied.append(bounds_of(Rect(best.x - BETWEEN, best.y, best.width + 2 * BETWEEN, best.height)))
    return placed


def _around(pieces: Iterable[Segment], width: float) -> Bounds:
    """The area of all places that a label of this width may get beside these pieces of line, and of what it should keep away from."""
    points = [point for piece in pieces for point in piece]
    room = width + HEIGHT + 4 * NEAR
    low, high = (tuple(choose(point[axis] for point in points) for axis in (0, 1)) for choose in (min, max))
    return low[0] - room, low[1] - room, high[0] + room, high[1] + room


def _touching(area: Bounds, things: Iterable[Bounds]) -> list[Bounds]:
    left, top, right, bottom = area
    return [one for one in things if one[0] < right and left < one[2] and one[1] < bottom and top < one[3]]


def _best(
    own_pieces: list[Segment],
    width: float,
    occupied: list[Bounds],
    others: list[Bounds],
    borders: list[Bounds],
    own: list[Bounds],
) -> Rect:
    """The first position without cost, or else the cheapest. Covering boxes costs most, lines beside the text least.

    A label on a line of another edge would seem to belong to it, so it rather covers a part of the line that it belongs to. Exact places
    in gaps are tried last, since they are rarely necessary.
    """
    cheapest, least = None, float("inf")
    exact = (box for piece in own_pieces for box in _in_gaps(piece, width, [*occupied, *others, *borders]))
    for box, surcharge in itertools.chain(_candidates(own_pieces, width), ((box, 1.0) for box in exact)):
        cost = surcharge + (50.0 if box.x < 0 or box.y < 0 else 0.0)
        for price, things in ((500.0, occupied), (50.0, others), (20.0, own), (10.0, borders)):
            if cost < least:
                cost += price * hits(box, things)
        if cost < least:
            cost += 3.0 * hits(Rect(box.x - NEAR, box.y, box.width + 2 * NEAR, box.height), borders)
            cost += 3.0 * hits(Rect(box.x - NEAR, box.y - NEAR, box.width + 2 * NEAR, box.height + 2 * NEAR), others)
        if cost < least:
            cheapest, least = box, cost
        if not cost:
            break
    assert cheapest is not None
    return cheapest


def segments(route: Route) -> Iterator[Segment]:
    """The straight segments of a route."""
    return itertools.pairwise(route)


def _candidates(own: list[Segment], width: float) -> Iterator[tuple[Rect, float]]:
    """Positions beside the segments, the longest segment first, from its middle outwards, each with a surcharge.

    More of them, and those on the line, are worth it only if the label would be on another line otherwise.
    """
    by_length = sorted(own, key=lambda s: -(abs(s[0][0] - s[1][0]) + abs(s[0][1] - s[1][1])))[:6]
    for box in _beside(by_length, width, (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)):
        yield box, 0.0
    for box in _beside(by_length, width, (0.45, 0.55, 0.35, 0.65, 0.25, 0.75, 0.15, 0.85)):
        yield box, 25.0
    for (x1, y1), (x2, y2) in by_length:
        for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
            yield Rect(x - width / 2, y - HEIGHT / 2, width, HEIGHT), 5.0


def _beside(pieces: list[Segment], width: float, shares: tuple[float, ...]) -> Iterator[Rect]:
    for (x1, y1), (x2, y2) in pieces:
        flat = abs(x1 - x2) >= abs(y1 - y2)
        for share in shares:
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
            if flat:
                lift = abs(y2 - y1) / max(abs(x2 - x1), 1) * width / 2  # how far a sloping line rises below its label
                yield Rect(x - width / 2, y - HEIGHT - SPACE - lift, width, HEIGHT)
                yield Rect(x - width / 2, y + SPACE + lift, width, HEIGHT)
            else:
                yield Rect(x + SPACE + 1, y - HEIGHT / 2, width, HEIGHT)
                yield Rect(x - width - SPACE - 1, y - HEIGHT / 2, width, HEIGHT)


def bands(piece: Segment, width: float) -> Iterator[tuple[int, float, float]]:
    """The areas on both sides of a piece of line in which its label may be: the axis along the piece (0 is x), and from where to where
    they reach on the other axis.
    """
    (x1, y1), (x2, y2) = piece
    if y1 == y2:
        yield from ((0, top, top + HEIGHT) for top in (y1 - SPACE - HEIGHT, y1 + SPACE))
    elif x1 == x2:
        yield from ((1, left, left + width) for left in (x1 + SPACE + 1, x1 - SPACE - 1 - width))


def gaps(ends: tuple[float, float], near: float, far: float, things: Iterable[Bounds]) -> Iterator[tuple[float, float]]:
    """The free spans between two ends on an axis, beside which nothing reaches into the band from `near` to `far` on the other axis.

    `things` have this axis first.
    """
    at, last = min(ends), max(ends)
    for low, high in sorted((low, high) for low, top, high, bottom in things if top < far + 1 and near - 1 < bottom):
        if low > at:
            yield at, min(low, last)
        at = max(at, high)
    yield at, last


def turned(thing: Bounds) -> Bounds:
    """The bounds with the axes exchanged."""
    left, top, right, bottom = thing
    return top, left, bottom, right


def _in_gaps(piece: Segment, width: float, things: list[Bounds]) -> Iterator[Rect]:
    """Positions in the middle of the gaps beside a piece of line in which a label fits."""
    for axis, near, far in bands(piece, width):
        length = HEIGHT if axis else width
        ends = (piece[0][axis], piece[1][axis])
        for low, high in gaps(ends, near, far, map(turned, things) if axis else things):
            start = (low + high - length) / 2
            if high - low >= length + 2:
                yield Rect(near, start, width, HEIGHT) if axis else Rect(start, near, width, HEIGHT)


def lines_of(routes: Mapping[str, Route]) -> list[Bounds]:
    """The bounds of every segment of all routes; for horizontal and vertical ones that is the line itself."""
    return [_segment_bounds(segment) for route in routes.values() for segment in segments(route)]


def borders_of(frames: Iterable[Rect]) -> list[Bounds]:
    """The four sides of every frame."""
    return [border for frame in frames for border in _sides(frame)]


def hits(box: Rect, things: Iterable[Bounds]) -> int:
    """The number of `things` that the box covers, or comes closer to than one pixel. Drawing spends most of its time here."""
    left, top, right, bottom = box.x - 1, box.y - 1, box.right + 1, box.bottom + 1
    return len([1 for x1, y1, x2, y2 in things if x1 < right and left < x2 and y1 < bottom and top < y2])


def _sides(box: Rect) -> Iterator[Bounds]:
    yield box.x, box.y, box.right, box.y
    yield box.x, box.bottom, box.right, box.bottom
    yield box.x, box.y, box.x, box.bottom
    yield box.right, box.y, box.right, box.bottom


def bounds_of(box: Rect) -> Bounds:
    """The sides of a box."""
    return box.x, box.y, box.right, box.bottom


def _segment_bounds(segment: Segment) -> Bounds:
    (x1, y1), (x2, y2) = segment
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
