"""Finds the route of every edge: right-angled, from icon to icon, around nodes and titles, and apart from other edges.

Each edge takes the cheapest route on the tracks; length, bends, crossings, and running along other edges all cost something. Short edges
are routed first. Edges that meet others, or that gave way to others, are routed once more when all routes are known.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping

from archgen.draw.graph import Edge, Graph
from archgen.draw.loops import loop
from archgen.draw.measure import ICON, Rect, solid
from archgen.draw.ports import INSET, Port, Ports
from archgen.draw.search import cheapest
from archgen.draw.style import look
from archgen.draw.tracks import APART, CLEAR, CROSSED_BORDER, Point, Tracks, grown, lay

STRANGER = 120.0  # cost of crossing the border of a group that contains both ends or neither
LOOP = 14  # distance from the box of a loop that is drawn without tracks
SPREAD = 12  # distance between the tracks through an icon

Route = tuple[Point, ...]
"""Corners of a polyline, from tail to head."""

# (horizontal, to the right or down) to the sides of tail and head, for a straight edge.
_FACING = {
    (True, True): ("right", "left"),
    (True, False): ("left", "right"),
    (False, True): ("bottom", "top"),
    (False, False): ("top", "bottom"),
}


def route(graph: Graph, boxes: Mapping[str, Rect], titles: Mapping[str, Rect]) -> dict[str, Route]:
    """The routes of all edges, by id, between the boxes of nodes and groups. Edges to a group end at its border."""
    if not graph.edges:
        return {}
    nodes = [solid(node, boxes[id_]) for id_, node in graph.nodes().items()]
    frames = [boxes[id_] for id_, group in graph.groups().items() if look(graph.theme, group.style)]
    columns = _lines_through_icons(graph, {id_: boxes[id_].x + boxes[id_].width / 2 for id_ in graph.nodes()})
    rows = _lines_through_icons(graph, {id_: boxes[id_].y + ICON / 2 for id_ in graph.nodes()})
    return _Router(graph, boxes, lay(nodes, frames, titles.values(), columns, rows)).run()


def _lines_through_icons(graph: Graph, middles: Mapping[str, float]) -> list[float]:
    """The coordinates of tracks through icons, from the middles of the icons on one axis: through the middle of each icon with edges;
    halfway between icons that overlap on this axis, for straight edges; and on both sides of the middle of an icon with several edges.
    """
    counts = Counter(end for edge in graph.edges for end in (edge.tail, edge.head) if end in middles)
    pairs = [(middles[edge.tail], middles[edge.head]) for edge in graph.edges if {edge.tail, edge.head} <= set(middles)]
    shared = {(one + other) / 2 for one, other in pairs if abs(one - other) < ICON - 2 * INSET}
    several = {middles[id_] for id_, count in counts.items() if count > 1}
    sides = {middle + side for middle in several for side in (-SPREAD, SPREAD)}
    return [*sorted({middles[id_] for id_ in counts}), *sorted(shared), *sorted(sides)]


class _Router:
    def __init__(self, graph: Graph, boxes: Mapping[str, Rect], tracks: Tracks) -> None:
        self.graph = graph
        self.boxes = boxes
        self.tracks = tracks
        self.busy = tracks.copy()  # with the costs that the routes so far add
        self.ports = Ports(graph, boxes, tracks)
        self.frames = [id_ for id_, group in graph.groups().items() if look(graph.theme, group.style)]
        self.done: dict[str, Route] = {}

    def run(self) -> dict[str, Route]:
        self._loops()
        between = [edge for edge in self.graph.edges if edge.id not in self.done]
        order = sorted(between, key=lambda edge: (self._distance(edge), edge.id))
        for edge in order:
            self._route(edge)
        for edge in order:
            if self._meets_another(edge.id, self.done[edge.id]) or self._is_off_middle(edge):
                self._route(edge)
        return {edge.id: self.done[edge.id] for edge in self.graph.edges}

    def _loops(self) -> None:
        """Route the edges from a node to itself, and mark their ports as occupied."""
        numbers: Counter[str] = Counter()
        for edge in self.graph.edges:
            if edge.tail != edge.head or edge.tail not in self.ports.nodes:
                continue
            way = loop(self.ports.nodes[edge.tail], self.boxes[edge.tail], numbers[edge.tail])
            self.done[edge.id] = way
            side = "left" if numbers[edge.tail] % 2 else "right"
            tips = (("top", way[0], way[0][0]), (side, way[-1], way[-1][1]))
            begin, end = (Port(tip, 0, on == side, 0, edge.tail, on, place) for on, tip, place in tips)
            self.ports.occupied[edge.id] = (begin, end)
            self.busy.occupy(way)
            numbers[edge.tail] += 1

    def _distance(self, edge: Edge) -> float:
        one, other = self.boxes[edge.tail], self.boxes[edge.head]
        return abs(one.x + one.width / 2 - other.x - other.width / 2) + abs(one.y - other.y)

    def _meets_another(self, id_: str, route: Route) -> bool:
        pieces = list(itertools.pairwise(route))
        others = (piece for other, done in self.done.items() if other != id_ for piece in itertools.pairwise(done))
        return any(_are_close(piece, other) for other in others for piece in pieces)

    def _is_off_middle(self, edge: Edge) -> bool:
        """Whether an end is not in the middle, to make room for another edge, which may have been rerouted since."""
        pair = self.ports.occupied.get(edge.id, ())
        return any(abs(port.place - self.ports.middle(port)) > 2 for port in pair if port.end in self.ports.nodes)

    def _route(self, edge: Edge) -> None:
        if self.ports.occupied.pop(edge.id, None):
            self.busy.occupy(self.done[edge.id], -1)
        self.done.pop(edge.id, None)
        starts, goals = self.ports.of(edge.tail, edge.head), self.ports.of(edge.head, edge.tail)
        if pair := self._straight_ports(edge, starts, goals):
            self.done[edge.id] = (pair[0].tip, pair[1].tip)
            self.ports.occupied[edge.id] = pair
        elif cheapest_route := cheapest(self._tracks_for(edge), starts, goals, self._target(edge.head)):
            start, goal, vertices = cheapest_route
            xs, ys, width = self.tracks.xs, self.tracks.ys, self.tracks.width
            inner = [(xs[vertex % width], ys[vertex // width]) for vertex in vertices]
            self.done[edge.id] = _corners([start.tip, *inner, goal.tip])
            self.ports.occupied[edge.id] = (start, goal)
        else:
            self.done[edge.id] = straight(self.boxes[edge.tail], self.boxes[edge.head])
            return  # not on tracks
        self.busy.occupy(self.done[edge.id])

    def _straight_ports(self, edge: Edge, starts: list[Port], goals: list[Port]) -> tuple[Port, Port] | None:
        """The ports of a straight route from middle to middle with nothing in its way, or None. No other route can be cheaper."""
        tail, head = self.boxes[edge.tail], self.boxes[edge.head]
        level = tail.y == head.y
        if edge.tail not in self.ports.nodes or edge.head not in self.ports.nodes:
            return None
        facing = _FACING[level, tail.x < head.x if level else tail.y < head.y]
        pair = []
        for ports, side in zip((starts, goals), facing, strict=True):
            middle = (port for port in ports if port.side == side and abs(port.place - self.ports.middle(port)) < 0.01)
            pair.append(next(middle, None))
        start, goal = pair
        if start is None or goal is None or start.place != goal.place:
            return None
        borders = sum(1 for id_ in self.frames if self._between(id_, edge))
        free = self._price(start, goal) <= abs(
            sum(goal.tip) - sum(start.tip)
        ) + CROSSED_BORDER * borders and not self._meets_another(edge.id, (start.tip, goal.tip))
        return (start, goal) if free else None

    def _price(self, start: Port, goal: Port) -> float:
        """The cost of the straight route between two ports."""
        low, high = sorted((start.vertex, goal.vertex))
        if start.level:
            return sum(self.tracks.level[low:high])
        return sum(self.tracks.upright[low : high : self.tracks.width])

    def _tracks_for(self, edge: Edge) -> Tracks:
        """The tracks with the costs that all other edges add, and those of crossing groups that do not separate the ends of the edge."""
        tracks = self.busy.copy()
        for id_ in self.frames:
            if not self._between(id_, edge):
                tracks.add_wall(self.boxes[id_], STRANGER)
        return tracks

    def _between(self, group: str, edge: Edge) -> bool:
        """Whether the border of a group separates the ends of an edge."""
        inside = self.ports.holds[group]
        return (edge.tail in inside) != (edge.head in inside)

    def _target(self, end: str) -> Rect:
        """The area that the search heads for; every port of the end is outside of it or on its border."""
        box = self.boxes[end]
        return grown(box, -min(box.width, box.height, 2 * CLEAR) / 2)


def _corners(points: list[Point]) -> Route:
    """The points without duplicates and those on a straight line between their neighbors."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)


def _are_close(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two segments cross, touch, or run side by side too closely."""
    ((ax, ay), (bx, by)), ((cx, cy), (dx, dy)) = one, other
    near = APART if (ay == by) == (cy == dy) else 0.01
    return (
        min(ax, bx) < max(cx, dx) + near
        and min(cx, dx) < max(ax, bx) + near
        and min(ay, by) < max(cy, dy) + near
        and min(cy, dy) < max(ay, by) + near
    )


def straight(tail: Rect, head: Rect) -> Route:
    """A straight route between the borders of two boxes; for the same box twice, a loop at its top right corner."""
    if tail == head:
        middle, level = tail.x + tail.width / 2, tail.y + ICON / 2
        right, top = tail.right + LOOP, tail.y - LOOP
        return (tail.right, level), (right, level), (right, top), (middle, top), (middle, tail.y)
    (x1, y1), (x2, y2) = ((box.x + box.width / 2, box.y + box.height / 2) for box in (tail, head))
    return _border(tail, x2 - x1, y2 - y1), _border(head, x1 - x2, y1 - y2)


def _border(box: Rect, dx: float, dy: float) -> Point:
    """The point at which a line from the middle of a box in the direction (dx, dy) leaves the box."""
    x, y = box.x + box.width / 2, box.y + box.height / 2
    share = min(box.width / 2 / abs(dx) if dx else 9e9, box.height / 2 / abs(dy) if dy else 9e9)
    return x + dx * share, y + dy * share
