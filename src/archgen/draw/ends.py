"""Right-angled routes in, the same routes out with their ends where a reader expects them: at the icons.

Graphviz ends a route anywhere on the box of a node, which holds icon and label. Ends are moved along that box to the height or the
column of the icon where nothing is in the way, and made longer until they meet what they point at.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from archgen.draw.graphviz import SIDE, Point, Route
from archgen.draw.measure import ICON, Rect, ink
from archgen.graph import Edge, Graph

NEAR = 4  # how close an arrow comes to what it points at
INSET = 8  # how far inside the icon's edge an arrow may meet it
APART = 7  # between lines that run side by side

Segment = tuple[Point, Point]


def at_icons(
    routes: Mapping[str, Route], graph: Graph, boxes: Mapping[str, Rect], titles: Mapping[str, Rect]
) -> dict[str, Route]:
    """Every route with its ends at icons where that is possible, and right before the node otherwise."""
    moved = dict(routes)
    nodes = graph.nodes()
    solid = {id_: boxes[id_] for id_ in nodes} | {f"title-of-{id_}": box for id_, box in titles.items()}
    for edge in graph.edges:
        if edge.id not in moved:
            continue
        others = [s for id_, route in moved.items() if id_ != edge.id for s in itertools.pairwise(route.points)]
        points = list(moved[edge.id].points)
        for end in (edge.head, edge.tail):
            points.reverse()
            if end in nodes:
                points = _aimed(points, end, edge, boxes, solid, others)
        moved[edge.id] = replace(moved[edge.id], points=tuple(points))
    inks = {id_: ink(node, boxes[id_]) for id_, node in nodes.items()}
    return {edge.id: _reaching(moved[edge.id], edge, inks) for edge in graph.edges if edge.id in moved}


def _aimed(
    points: list[Point],
    end: str,
    edge: Edge,
    boxes: Mapping[str, Rect],
    solid: Mapping[str, Rect],
    others: list[Segment],
) -> list[Point]:
    """The route, whose first point is at the node `end`, with its first piece moved into the span of the node's icon."""
    if len(points) < 2:
        return points
    (x, y), (x1, y1) = points[0], points[1]
    box = boxes[end]
    level = abs(y - y1) < 0.5
    if not level and y1 > y:  # it leaves below the label, where there is no icon to meet
        return points
    low, high = _span(box, level=level)
    at = y if level else x
    if low <= at <= high:
        return points
    for target in _targets(at, low, high, points, edge, end, boxes, level=level):
        start, corner = ((x, target), (x1, target)) if level else ((target, y), (target, y1))
        new = [start, corner, *points[2:]]
        pieces = list(itertools.pairwise(new))[:2]
        if all(_free(piece, edge, solid, others) for piece in pieces):
            return new
    return points if level else _turned(points, edge, box, solid, others)


def _turned(
    points: list[Point], edge: Edge, box: Rect, solid: Mapping[str, Rect], others: list[Segment]
) -> list[Point]:
    """The route, whose first point is at the top of a box beside its icon, turned into the side of the icon.

    Made longer as it is, it would pass the icon and end on a long label.
    """
    x, middle = points[0][0], box.x + box.width / 2
    room = abs(x - middle) - ICON / 2 - NEAR
    if room < SIDE / 2:
        return points
    side = middle + (ICON / 2 + NEAR) * (1 if x > middle else -1)
    low, high = _span(box, level=True)
    for y in ((low + high) / 2, low, high):
        piece = ((side, y), (x, y))
        if _free(piece, edge, solid, others) and _free(((x, y), points[0]), edge, solid, others):
            return [*piece, *points[1:]]
    return points


def _span(box: Rect, *, level: bool) -> tuple[float, float]:
    """Where an arrow meets the icon: heights for a level one, columns for an upright one."""
    if level:
        return box.y + INSET, box.y + ICON - INSET
    middle = box.x + box.width / 2
    return middle - ICON / 2 + INSET, middle + ICON / 2 - INSET


def _targets(
    at: float,
    low: float,
    high: float,
    points: list[Point],
    edge: Edge,
    end: str,
    boxes: Mapping[str, Rect],
    *,
    level: bool,
) -> Iterator[float]:
    """Places in the span, the middle first; of a straight route only those that its other end can have too."""
    middle = (low + high) / 2
    found: Iterable[float] = (middle, low if at < low else high, (middle + low) / 2, (middle + high) / 2)
    if len(points) > 2:
        yield from found
        return
    other = boxes.get(edge.tail if end == edge.head else edge.head)
    if other is not None:
        first, last = (other.y, other.bottom) if level else (other.x, other.right)
        yield from (target for target in found if first + 2 <= target <= last - 2)


def _free(piece: Segment, edge: Edge, solid: Mapping[str, Rect], others: list[Segment]) -> bool:
    """Whether a piece of a route crosses no node but its ends, no title, and runs along no other route."""
    (x1, y1), (x2, y2) = piece
    area = Rect(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
    for id_, box in solid.items():
        if id_ not in (edge.tail, edge.head) and area.overlaps(box, NEAR):
            return False
    return not any(_beside(piece, other) for other in others)


def _beside(one: Segment, other: Segment) -> bool:
    """Whether two pieces run side by side so close that they would be taken for one."""
    for axis in (0, 1):
        across = 1 - axis
        if abs(one[0][across] - one[1][across]) < 0.5 and abs(other[0][across] - other[1][across]) < 0.5:
            low, high = sorted((one[0][axis], one[1][axis]))
            first, last = sorted((other[0][axis], other[1][axis]))
            if low < last and first < high and abs(one[0][across] - other[0][across]) < APART:
                return True
    return False


def straight(tail: Rect, head: Rect) -> tuple[Point, Point]:
    """A straight way from box to box, from border to border."""
    (x1, y1), (x2, y2) = ((box.x + box.width / 2, box.y + box.height / 2) for box in (tail, head))
    return _border(tail, x2 - x1, y2 - y1), _border(head, x1 - x2, y1 - y2)


def _border(box: Rect, dx: float, dy: float) -> Point:
    """Where a line from the middle of a box in a direction leaves it."""
    x, y = box.x + box.width / 2, box.y + box.height / 2
    if not dx and not dy:
        return x, box.y
    share = min(box.width / 2 / abs(dx) if dx else 9e9, box.height / 2 / abs(dy) if dy else 9e9)
    return x + dx * share, y + dy * share


def _reaching(route: Route, edge: Edge, inks: Mapping[str, tuple[Rect, ...]]) -> Route:
    """The route made longer at both ends, until it meets the icon or the text of its node."""
    points = list(route.points)
    if len(points) > 1:
        points[-1] = _extended(points[-2], points[-1], inks.get(edge.head, ()))
        points[0] = _extended(points[1], points[0], inks.get(edge.tail, ()))
    return replace(route, points=tuple(points))


def _extended(before: Point, end: Point, ink_: tuple[Rect, ...]) -> Point:
    """The end moved on in its direction, to where it is NEAR the first thing in its way; where it was without one."""
    (x0, y0), (x, y) = before, end
    if abs(x - x0) >= abs(y - y0):  # level
        ahead = [r for r in ink_ if r.y - 2 <= y <= r.bottom + 2]
        right = [r.x - NEAR for r in ahead if x0 < x and r.x - NEAR > x - SIDE]
        left = [r.right + NEAR for r in ahead if x0 > x and r.right + NEAR < x + SIDE]
        return (min(right) if right else max(left) if left else x, y)
    ahead = [r for r in ink_ if r.x - 2 <= x <= r.right + 2]
    down = [r.y - NEAR for r in ahead if y0 < y and r.y - NEAR > y - SIDE]
    up = [r.bottom + NEAR for r in ahead if y0 > y and r.bottom + NEAR < y + SIDE]
    return (x, min(down) if down else max(up) if up else y)
