"""Boxes or a bare Graph in, places and edge routes out: the diagrams package builds the DOT, Graphviz runs in process.

Graphviz sees boxes of known size and no text at all, so what it answers does not depend on fonts, locale or machine, and
no text of a model ever reaches it.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pygraphviz
from diagrams import Cluster, Diagram, Edge, Node, setcluster, setdiagram

from archgen.draw.measure import ICON, TITLE_HEIGHT, Rect, label_room, node_size, title_width
from archgen.draw.style import look
from archgen.graph import Graph, Group

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDE = 5  # arrows end this far beside a label
RANK_GAP = 43  # between the columns of a free graph
POINTS = 72  # Graphviz measures sizes in inches and places in points

Point = tuple[float, float]

# Seconds spent inside Graphviz in this process, for the benchmark.
spent = 0.0
_lock = threading.Lock()  # Graphviz keeps global state


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an edge: corners of a polyline, or control points of a Bezier curve (1 + 3n of them)."""

    points: tuple[Point, ...]
    curved: bool


def route(graph: Graph, boxes: dict[str, Rect], obstacles: dict[str, Rect]) -> dict[str, Route]:
    """Right-angled routes around all nodes and `obstacles`, by edge id; edges to groups end at the group's border."""
    height = max(box.bottom for box in boxes.values())
    groups = graph.groups()
    nodes = {id_: boxes[id_] for id_ in graph.nodes()}
    with _diagram({"splines": "ortho", "nodesep": "0.1"}) as diagram:
        made = {
            id_: Node("", nodeid=id_, **_fixed(box, SIDE), pos=_position(box, height))
            for id_, box in {**nodes, **obstacles}.items()
        }
        for edge in graph.edges:
            tail = _inside(groups[edge.tail], nodes) if edge.tail in groups else edge.tail
            head = _inside(groups[edge.head], nodes) if edge.head in groups else edge.head
            diagram.connect(made[tail], made[head], Edge(id=edge.id))
    answer = _run(str(diagram), "nop")
    dx, dy = _moved(answer, {**nodes, **obstacles}, height)
    routes = {}
    for found in answer.get("edges", ()):
        points = [(x - dx, height - (y - dy)) for x, y in _spline(found["pos"])]
        routes[found["id"]] = Route(tuple(_corners(points)), curved=False)
    for edge in graph.edges:
        if edge.id in routes:
            points = list(routes[edge.id].points)
            if edge.tail in groups:
                points = _clip(points, boxes[edge.tail])
            if edge.head in groups:
                points = _clip(points[::-1], boxes[edge.head])[::-1]
            routes[edge.id] = Route(tuple(points), curved=False)
    return routes


def flow(graph: Graph) -> dict[str, Rect]:
    """Boxes of a free graph, left to right or downwards, by Graphviz's dot."""
    attributes = {
        "rankdir": "TB" if graph.layout == "down" else "LR",
        "splines": "line",
        "nodesep": "0.35",
        "ranksep": f"{RANK_GAP / POINTS:.2f}",
        "pad": "0",
        "newrank": "false",
    }
    groups, sizes, graph_nodes = graph.groups(), _flow_sizes(graph), graph.nodes()
    with _diagram(attributes) as diagram:
        made: dict[str, Any] = {}
        _clusters(graph.root, graph.theme, sizes, made, "b" if graph.layout == "flow" else "t")
        for edge in graph.edges:
            tail = list(groups[edge.tail].nodes())[-1].id if edge.tail in groups else edge.tail
            head = next(groups[edge.head].nodes()).id if edge.head in groups else edge.head
            ends = (head, tail) if edge.against else (tail, head)
            diagram.connect(made[ends[0]], made[ends[1]], Edge(id=edge.id))
        for one, other in _rows_of_idle(graph):
            diagram.connect(made[one], made[other], Edge(id=f"{one}-beside-{other}", style="invis"))
    answer = _run(str(diagram), "dot")
    height = 0.0 if graph.layout == "flow" else float(answer["bb"].split(",")[3])
    up = 1 if graph.layout == "flow" else -1  # dot puts what is named first at the bottom of a column
    boxes: dict[str, Rect] = {}
    for thing in answer.get("objects", ()):
        if "bb" in thing:
            left, bottom, right, top = map(float, thing["bb"].split(","))
            corner = bottom if up > 0 else height - top
            boxes[thing["name"].removeprefix("cluster_")] = Rect(left, corner, right - left, top - bottom)
        elif "pos" in thing:
            width, tall = node_size(graph_nodes[thing["name"]])
            x, y = map(float, thing["pos"].split(","))
            boxes[thing["name"]] = Rect(x - width / 2, height + up * y - sizes[thing["name"]][1] / 2, width, tall)
    return boxes


def plain(graph: Graph) -> list[tuple[str, tuple[Point, ...]]]:
    """Edges as dot alone draws them, as polylines by id: what pictures are compared with."""
    groups = graph.groups()
    with _diagram({"rankdir": "LR", "compound": "true"}) as diagram:
        made: dict[str, Any] = {}
        _clusters(graph.root, graph.theme, {n.id: node_size(n) for n in graph.root.nodes()}, made, "t")
        for edge in graph.edges:
            tail = next(groups[edge.tail].nodes()).id if edge.tail in groups else edge.tail
            head = next(groups[edge.head].nodes()).id if edge.head in groups else edge.head
            diagram.connect(made[tail], made[head], Edge(id=edge.id))
    return [(e["id"], tuple(_spline(e["pos"]))) for e in _run(str(diagram), "dot").get("edges", ())]


def _rows_of_idle(graph: Graph) -> Iterator[tuple[str, str]]:
    """Pairs of nodes without edges to set side by side: dot would pile all of a group up in its first column."""
    busy = {end for edge in graph.edges for end in (edge.tail, edge.head)}
    for group in graph.root.groups():
        idle = [child.id for child in group.children if not isinstance(child, Group) and child.id not in busy]
        if group.id in busy or len(idle) < 2:
            continue
        columns = 2 if len(idle) <= 6 else 3
        for start in range(0, len(idle), columns):
            yield from itertools.pairwise(idle[start : start + columns])


def _flow_sizes(graph: Graph) -> dict[str, tuple[float, float]]:
    """Sizes of nodes in a free graph: all of one height, so that icons stand in line and edges between them are straight,
    and wide enough for the labels between their icons.
    """
    sizes = {node.id: node_size(node) for node in graph.root.nodes()}
    widths = {id_: width for id_, (width, _height) in sizes.items()}
    for pair, room in sorted(label_room(graph).items(), key=lambda item: sorted(item[0])):
        ends = sorted(end for end in pair if end in widths)
        if len(ends) == 2:
            gap = RANK_GAP + sum(widths[end] - ICON for end in ends) / 2
            for end in ends:
                widths[end] += max(0.0, room - gap)
    height = max((height for _width, height in sizes.values()), default=0)
    return {id_: (width, height) for id_, width in widths.items()}


def _clusters(group: Group, theme: str, sizes: dict[str, tuple[float, float]], made: dict[str, Any], top: str) -> None:
    for child in group.children:
        if isinstance(child, Group):
            drawn = look(theme, child.style)
            width = title_width(child, icon=bool(drawn and drawn.icon)) + 12
            # A table of fixed size keeps room for the title without telling Graphviz the text.
            room = f'<<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="{round(width)}" HEIGHT="{TITLE_HEIGHT}"><TR><TD></TD></TR></TABLE>>'
            with _cluster(child.id, room, top):
                _clusters(child, theme, sizes, made, top)
        else:
            width, height = sizes[child.id]
            made[child.id] = Node("", nodeid=child.id, **_fixed(Rect(0, 0, width, height)))


@contextmanager
def _cluster(id_: str, room: str, top: str) -> Iterator[None]:
    with Cluster(id_, graph_attr={"label": room, "margin": "12", "labeljust": "l", "labelloc": top}) as cluster:
        cluster.dot.name = f"cluster_{id_}"  # by its label, two groups with one label would become one
        yield


@contextmanager
def _diagram(attributes: dict[str, str]) -> Iterator[Diagram]:
    """A Diagram as context for Node and Edge; its own `with` would write files and look for a dot binary."""
    diagram = Diagram("", filename="unused", show=False, graph_attr=attributes)
    setdiagram(diagram)
    try:
        yield diagram
    finally:
        setcluster(None)
        setdiagram(None)


def _fixed(box: Rect, side: float = 0) -> dict[str, str]:
    return {
        "shape": "box",
        "fixedsize": "true",
        "width": f"{(box.width + 2 * side) / POINTS:.4f}",
        "height": f"{box.height / POINTS:.4f}",
    }


def _position(box: Rect, height: float) -> str:
    return f"{box.x + box.width / 2:.2f},{height - box.y - box.height / 2:.2f}"


def _moved(answer: dict[str, Any], boxes: dict[str, Rect], height: float) -> Point:
    """How far Graphviz has moved everything: it puts the lowest corner at 0, 0."""
    first = next(thing for thing in answer["objects"] if "pos" in thing)
    x, y = map(float, first["pos"].split(","))
    wanted_x, wanted_y = map(float, _position(boxes[first["name"]], height).split(","))
    return x - wanted_x, y - wanted_y


def _run(dot: str, program: str) -> dict[str, Any]:
    """Lay out; returns Graphviz's JSON."""
    global spent  # noqa: PLW0603  # one number for the benchmark, not worth a parameter on every call
    with _lock:
        started = time.perf_counter()
        answer = pygraphviz.AGraph(string=dot).draw(format="json0", prog=program)
        spent += time.perf_counter() - started
    parsed: dict[str, Any] = json.loads(answer)
    return parsed


def _spline(position: str) -> list[Point]:
    """`"e,X,Y x,y x,y …"` as control points from tail to head, with the arrow tips as ends."""
    start: list[Point] = []
    end: list[Point] = []
    points: list[Point] = []
    for part in position.split(";", maxsplit=1)[0].split():
        pieces = part.split(",")
        if pieces[0] == "s":
            start = [(float(pieces[1]), float(pieces[2]))]
        elif pieces[0] == "e":
            end = [(float(pieces[1]), float(pieces[2]))]
        else:
            points.append((float(pieces[0]), float(pieces[1])))
    if start:
        points[0] = start[0]
    if end:
        points[-1] = end[0]
    return points


def _corners(points: list[Point]) -> list[Point]:
    """The corners of a route whose Bezier pieces are straight lines."""
    ends = points[::3] if (len(points) - 1) % 3 == 0 else points
    corners: list[Point] = []
    for point in ends:
        if corners and _same(corners[-1], point):
            continue
        if len(corners) > 1 and _straight(corners[-2], corners[-1], point):
            corners[-1] = point
        else:
            corners.append(point)
    return corners


def _same(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 0.5 and abs(a[1] - b[1]) < 0.5


def _straight(a: Point, b: Point, c: Point) -> bool:
    return (abs(a[0] - b[0]) < 0.5 and abs(b[0] - c[0]) < 0.5) or (abs(a[1] - b[1]) < 0.5 and abs(b[1] - c[1]) < 0.5)


def _clip(points: list[Point], box: Rect) -> list[Point]:
    """The part of a right-angled route from where it leaves the box."""
    for n in range(len(points) - 1, 0, -1):
        a, b = points[n - 1], points[n]
        inside = box.x <= a[0] <= box.right and box.y <= a[1] <= box.bottom
        if inside:
            x = min(max(b[0], box.x), box.right)
            y = min(max(b[1], box.y), box.bottom)
            return [(x, y), *points[n:]]
    return points


def _inside(group: Group, nodes: dict[str, Rect]) -> str:
    """A node in the group that stands for it: the one nearest to its middle."""
    ids = [node.id for node in group.nodes()]
    middle = sum(nodes[i].x + nodes[i].width / 2 for i in ids) / len(ids)
    return min(ids, key=lambda i: (abs(nodes[i].x + nodes[i].width / 2 - middle), i))
