"""Finds the route of every edge: right-angled, from icon to icon, around nodes and titles, and apart from other edges.

Each edge takes the cheapest route on the tracks; length, bends, crossings, and running along other edges all cost something. Short edges
are routed first. Edges that meet others, or that gave way to others, are routed once more when all routes are known.

The edges of a bundle are routed together: the first one like any other, and each of the others to the nearest point of those before.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from archgen.draw.bundles import Bundle, bundles, busy_ends, common_labels
from archgen.draw.graph import Edge, Graph
from archgen.draw.loops import loop
from archgen.draw.measure import ICON, Rect, neck_length, solid, stem_room
from archgen.draw.ports import INSET, NO_STEM, Port, Ports
from archgen.draw.search import BEND, cheapest, lower_bounds
from archgen.draw.style import look
from archgen.draw.tracks import APART, CLEAR, CLOSE, CROSSED_BORDER, OUTER, Point, Tracks, grown, lay
from archgen.draw.trunks import Trunk
from archgen.records import dataclass

STRANGER = 120.0  # cost of crossing the border of a group that contains neither end, or both if there is no other way
MORE = 3  # tracks on each side of a picture with bundles that other pictures do not have
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
    if bundles(graph):
        columns += list(_outside([(box.x, box.right) for box in boxes.values()]))
        rows += list(_outside([(box.y, box.bottom) for box in boxes.values()]))
    return _Router(graph, boxes, lay(nodes, frames, titles.values(), columns, rows)).run()


def _outside(spans: list[tuple[float, float]]) -> Iterator[float]:
    """The coordinates of further tracks around a picture, on one axis."""
    low, high = min(low for low, _high in spans), max(high for _low, high in spans)
    for n in range(1, MORE + 1):
        yield from (low - OUTER - n * APART, high + OUTER + n * APART)


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


@dataclass(frozen=True, slots=True)
class _Searched:
    """What a search found, what the route cost then, and how often edges had got another route before."""

    start: Port
    goal: Port
    vertices: list[int]
    dues: float
    given_way: int


class _Router:
    def __init__(self, graph: Graph, boxes: Mapping[str, Rect], tracks: Tracks) -> None:
        self.graph = graph
        self.boxes = boxes
        self.tracks = tracks
        self.busy = tracks.copy()  # with the costs that the routes so far add
        self.ports = Ports(graph, boxes, tracks)
        self.frames = [id_ for id_, group in graph.groups().items() if look(graph.theme, group.style)]
        self.walls = {id_: tracks.wall(boxes[id_]) for id_ in self.frames}
        self.ahead: dict[str, list[float]] = {}  # lower bounds of the cost to an end
        self.busy_ends, self.common = busy_ends(graph), common_labels(graph)
        self.kept_off = False  # whether running on another route costs more
        sets = [(bundle, frozenset(edge.id for edge in bundle.edges)) for bundle in bundles(graph)]
        self.bundled = {edge.id: ids for bundle, ids in sets for edge in bundle.edges}
        # Edges of bundles that leave their hub; they are routed from the other end.
        self.outward = {e.id for bundle in bundles(graph) for e in bundle.edges if not bundle.enters}
        self.searched: dict[str, _Searched] = {}
        self.given_way = 0  # how often an edge got another route than before
        self.done: dict[str, Route] = {}
        self.own: dict[str, Route] = {}  # the parts of routes that are not shared with earlier edges of a bundle

    def run(self) -> dict[str, Route]:
        self._loops()
        sets = bundles(self.graph)
        bundled = {edge.id for bundle in sets for edge in bundle.edges}
        alone = [edge for edge in self.graph.edges if edge.id not in self.done and edge.id not in bundled]
        order: list[Edge | Bundle] = sorted([*alone, *sets], key=lambda one: (self._distance(one), one.id))
        for one in order:
            self._route(one)
        for one in order:
            edges = one.edges if isinstance(one, Bundle) else (one,)
            if self._meet_others(edges) or (isinstance(one, Edge) and self._is_off_middle(one)):
                self._route(one)
        for one in order:
            edges = one.edges if isinstance(one, Bundle) else (one,)
            if self._run_on_others(edges):
                self.kept_off = True
                self._route(one)
                self.kept_off = False
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

    def _distance(self, one: Edge | Bundle) -> float:
        """The distance between the ends of an edge, or of the shortest edge of a bundle."""
        if isinstance(one, Bundle):
            return min(map(self._distance, one.edges))
        tail, head = self.boxes[one.tail], self.boxes[one.head]
        return abs(tail.x + tail.width / 2 - head.x - head.width / 2) + abs(tail.y - head.y)

    def _meets_another(self, id_: str, route: Route) -> bool:
        return _meets(route, (done for other, done in self.done.items() if other != id_))

    def _meet_others(self, edges: tuple[Edge, ...]) -> bool:
        """Whether the route of one of the edges meets that of another edge."""
        own = {edge.id for edge in edges}
        others = [done for other, done in self.done.items() if other not in own]
        return any(_meets(self.done[id_], others) for id_ in sorted(own))

    def _run_on_others(self, edges: tuple[Edge, ...]) -> bool:
        """Whether one of the edges looks like one with another edge, since it runs on it."""
        own = {edge.id for edge in edges}
        pieces = [piece for id_ in sorted(own) for piece in itertools.pairwise(self.done[id_])]
        others = [piece for id_, done in self.done.items() if id_ not in own for piece in itertools.pairwise(done)]
        return any(_run_together(piece, other) for piece in pieces for other in others)

    def _is_off_middle(self, edge: Edge) -> bool:
        """Whether an end is not in the middle, to make room for another edge, which may have been rerouted since."""
        pair = self.ports.occupied.get(edge.id, ())
        return any(abs(port.place - self.ports.middle(port)) > 2 for port in pair if port.end in self.ports.nodes)

    def _route(self, one: Edge | Bundle) -> None:
        """Route an edge or all edges of a bundle, and forget their routes so far."""
        edges = one.edges if isinstance(one, Bundle) else (one,)
        before = [self.done.get(edge.id) for edge in edges]
        for edge in edges:
            self._forget(edge)
        if isinstance(one, Bundle):
            self._route_bundle(one)
        elif not self._has_best_route(one):
            self._route_edge(one)
        self.given_way += any(old not in (None, self.done[edge.id]) for edge, old in zip(edges, before, strict=True))

    def _has_best_route(self, edge: Edge) -> bool:
        """Whether the last search for an edge would find the same again, since all that has changed are prices beside its route, which are
        higher now. If so, the edge has that route again.
        """
        last = self.searched.get(edge.id)
        if not last or self.kept_off or last.given_way != self.given_way:
            return False
        if self._dues(last.start, last.goal, last.vertices) > last.dues + 0.001:
            return False
        route = self._polyline(last.start, last.goal, last.vertices)
        self._take(edge, route, route, (last.start, last.goal))
        return True

    def _dues(self, start: Port, goal: Port, vertices: list[int]) -> float:
        """What a route costs apart from its corners and from what never changes."""
        level, upright = self.busy.level, self.busy.upright
        lines = ((min(pair), abs(pair[0] - pair[1]) == 1) for pair in itertools.pairwise(vertices))
        along = sum(level[at] if is_level else upright[at] for at, is_level in lines)
        return along + self.ports.surcharge(start) + self.ports.surcharge(goal)

    def _forget(self, edge: Edge) -> None:
        if self.ports.occupied.pop(edge.id, None):
            self.busy.occupy(self.own.pop(edge.id), -1)
        self.done.pop(edge.id, None)

    def _take(self, edge: Edge, route: Route, own: Route, ports: tuple[Port, ...]) -> None:
        """Record the route of an edge; `own` is the part that is not shared with edges before it."""
        self.done[edge.id], self.own[edge.id] = route, own
        self.ports.occupied[edge.id] = ports
        self.busy.occupy(own)

    def _route_edge(self, edge: Edge) -> None:
        if found := self._find(edge):
            start, goal, vertices = found
            self.searched[edge.id] = _Searched(start, goal, vertices, self._dues(*found), self.given_way)
            route = self._polyline(start, goal, vertices)
            self._take(edge, route, route, (start, goal))
        else:  # not on tracks
            self.done[edge.id] = straight(self.boxes[edge.tail], self.boxes[edge.head])

    def _find(self, edge: Edge) -> tuple[Port, Port, list[int]] | None:
        """The ports and vertices of the best route of an edge, without leaving a group that contains both ends if that is possible."""
        starts, goals, closed = self._ends(edge)
        if pair := self._straight_ports(edge, starts, goals):
            return (*pair, self._vertices_between(*pair))
        stems = [(port.level, port.stem) for port in (*starts, *goals) if port.stem != NO_STEM]
        for price in (math.inf, STRANGER):
            tracks = self._tracks_for(edge, price)
            tracks.close(closed)
            tracks.close_segments((at for level, at in stems if level), (at for level, at in stems if not level))
            if price == math.inf:
                starts, goals = self._inside(edge, starts), self._inside(edge, goals)
            if found := cheapest(tracks, starts, goals, self._ahead(edge.head)):
                return found
        return None

    def _inside(self, edge: Edge, ports: list[Port]) -> list[Port]:
        """The ports whose segments stay in all groups that contain both ends of an edge; all ports if there are none."""
        around = [self.boxes[id_] for id_ in self.frames if {edge.tail, edge.head} <= self.ports.holds[id_]]
        if not around:
            return ports
        left, top = max(box.x for box in around), max(box.y for box in around)
        right, bottom = min(box.right for box in around), min(box.bottom for box in around)
        spots = ((port, self.tracks.point(port.vertex)) for port in ports)
        return [port for port, (x, y) in spots if left < x < right and top < y < bottom] or ports

    def _ends(self, edge: Edge) -> tuple[list[Port], list[Port], set[int]]:
        """The ports at both ends of an edge, with room for the stems of its arrowheads, and the vertices that it must not use.

        These are the ones next to the icon of a node with many edges, where an arrowhead would have no stem.
        """
        at_tail, at_head = self.ports.of(edge.tail, edge.head), self.ports.of(edge.head, edge.tail)
        outward = edge.id in self.outward
        starts = self.ports.with_stems(at_tail) if edge.both or outward else at_tail
        goals = self.ports.with_stems(at_head) if edge.both or not outward else at_head
        if not self.busy_ends & {edge.tail, edge.head}:
            return starts, goals, set()
        used = {port.vertex for port in (*starts, *goals)}
        return starts, goals, {port.vertex for port in (*at_tail, *at_head)} - used

    def _polyline(self, start: Port, goal: Port, vertices: list[int]) -> Route:
        return _corners([start.tip, *map(self.tracks.point, vertices), goal.tip])

    def _vertices_between(self, start: Port, goal: Port) -> list[int]:
        """The vertices of a straight route."""
        step = 1 if start.level else self.tracks.width
        way = step if start.vertex <= goal.vertex else -step
        return list(range(start.vertex, goal.vertex + way, way))

    def _route_bundle(self, bundle: Bundle) -> None:
        """Route the edges of a bundle in the order that gives the shortest lines with the fewest corners: the shortest edge first, or the
        longest.
        """
        order = sorted(bundle.edges, key=lambda edge: (self._distance(edge), edge.id))
        lengths = []
        for edges in (order, order[::-1]):
            self._route_in_order(bundle, edges)
            lengths.append(sum(_cost(self.own[edge.id]) for edge in edges if edge.id in self.own))
            if len(lengths) == 2 and lengths[1] < lengths[0]:
                return
            for edge in edges:
                self._forget(edge)
        self._route_in_order(bundle, order)

    def _route_in_order(self, bundle: Bundle, edges: Iterable[Edge]) -> None:
        """Route the edges of a bundle one after the other, all toward the hub, also those that point away from it."""
        trunk: Trunk | None = None
        for edge in edges:
            inward = edge if bundle.enters else replace(edge, tail=edge.head, head=edge.tail)
            if trunk is None:
                if found := self._find(inward):
                    start, goal, vertices = found
                    trunk = Trunk(self.tracks, goal, neck_length(bundle))
                    self._join(bundle, edge, trunk, start, vertices)
                    continue
            elif met := self._find_trunk(inward, trunk):
                self._join(bundle, edge, trunk, *met)
                continue
            self.done[edge.id] = straight(self.boxes[edge.tail], self.boxes[edge.head])

    def _find_trunk(self, edge: Edge, trunk: Trunk) -> tuple[Port, list[int]] | None:
        """The port at the tail and the vertices of the best way to a trunk."""
        starts, _goals, closed = self._ends(edge)
        near = self._stem_area(edge)
        for price, taken in ((math.inf, near), (STRANGER, near), (STRANGER, None)):
            tracks = self._tracks_for(edge, price)
            tracks.close(closed)
            goals = trunk.goals(tracks, taken)
            ports = [port for port in starts if not trunk.is_crossed_by(port)]
            if price == math.inf:
                ports = self._inside(edge, ports)
            if goals and (found := cheapest(tracks, ports, goals, lower_bounds(tracks, trunk.target()))):
                return found[0], found[2]
        return None

    def _stem_area(self, edge: Edge) -> Rect:
        """The area around the tail of an edge, directed to the hub of its bundle, in which it is alone."""
        box = self.boxes[edge.tail]
        icon = Rect(box.x + (box.width - ICON) / 2, box.y, ICON, box.height) if edge.tail in self.ports.nodes else box
        level, upright = stem_room(edge, self.common)
        return Rect(icon.x - level, icon.y - upright, icon.width + 2 * level, icon.height + 2 * upright)

    def _join(self, bundle: Bundle, edge: Edge, trunk: Trunk, start: Port, vertices: list[int]) -> None:
        """Add the way of an edge to the trunk, from its port and over these vertices."""
        first = not trunk.onward
        inward = edge if bundle.enters else replace(edge, tail=edge.head, head=edge.tail)
        vertices = trunk.add(vertices, self._stem_area(inward))
        route = self._polyline(start, trunk.port, trunk.follow(vertices[0]))
        points = map(self.tracks.point, vertices)
        own = route if first else _corners([start.tip, *points])
        ports = (start, trunk.port) if first else (start,)
        self._take(edge, route if bundle.enters else route[::-1], own, ports)

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

    def _tracks_for(self, edge: Edge, leaving: float = math.inf) -> Tracks:
        """The tracks with the costs that all other edges add, and those of crossing groups that do not separate the ends of the edge;
        `leaving` is the cost for groups that contain both ends.
        """
        tracks = self.busy.copy()
        if self.kept_off:
            own = self.bundled.get(edge.id, frozenset((edge.id,)))
            for other, done in self.done.items():
                if other not in own:
                    tracks.keep_off(done)
        for id_ in self.frames:
            if not self._between(id_, edge):
                tracks.add_wall(self.walls[id_], leaving if edge.tail in self.ports.holds[id_] else STRANGER)
        return tracks

    def _between(self, group: str, edge: Edge) -> bool:
        """Whether the border of a group separates the ends of an edge."""
        inside = self.ports.holds[group]
        return (edge.tail in inside) != (edge.head in inside)

    def _ahead(self, end: str) -> list[float]:
        """Lower bounds of the cost to an end from everywhere: to an area that every port of it is outside of, or on whose border it is."""
        if end not in self.ahead:
            box = self.boxes[end]
            self.ahead[end] = lower_bounds(self.tracks, grown(box, -min(box.width, box.height, 2 * CLEAR) / 2))
        return self.ahead[end]


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


def _cost(route: Route) -> float:
    """The length of a route, with a surcharge for each corner."""
    length = sum(abs(ax - bx) + abs(ay - by) for (ax, ay), (bx, by) in itertools.pairwise(route))
    return length + BEND * (len(route) - 2)


def _meets(route: Route, others: Iterable[Route]) -> bool:
    """Whether a route crosses or touches one of the others, or runs too closely beside it."""
    pieces = list(itertools.pairwise(route))
    return any(_are_close(piece, other) for done in others for other in itertools.pairwise(done) for piece in pieces)


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


def _run_together(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two parallel segments lie on each other, or nearly."""
    ((ax, ay), (bx, by)), ((cx, cy), (dx, dy)) = one, other
    if ay == by and cy == dy:
        return abs(ay - cy) < CLOSE and min(max(ax, bx), max(cx, dx)) - max(min(ax, bx), min(cx, dx)) > 0.5
    if ax == bx and cx == dx:
        return abs(ax - cx) < CLOSE and min(max(ay, by), max(cy, dy)) - max(min(ay, by), min(cy, dy)) > 0.5
    return False


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
