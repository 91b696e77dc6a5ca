"""A bare Graph in, places of its nodes and groups out: the diagrams package builds the DOT, Graphviz runs in process.

Graphviz sees sizes and no text at all, so what it answers does not depend on fonts, locale or machine, and
no text of a model ever reaches it.
"""

from __future__ import annotations

import itertools
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pygraphviz
from diagrams import Cluster, Diagram, Node, setcluster, setdiagram
from diagrams import Edge as Arrow

from archgen.draw.graph import Edge, Graph, Group
from archgen.draw.measure import ICON, TITLE_HEIGHT, Rect, label_room, loop_room, node_size, title_width
from archgen.draw.style import look

if TYPE_CHECKING:
    from collections.abc import Iterator

RANK_GAP = 43  # between the columns of a free graph
POINTS = 72  # Graphviz measures sizes in inches and places in points

_lock = threading.Lock()  # Graphviz keeps global state


def flow(graph: Graph) -> dict[str, Rect]:
    """Boxes of a free graph, left to right or downwards, by Graphviz's dot."""
    attributes = {
        "rankdir": "TB" if graph.layout == "down" else "LR",
        "splines": "line",
        "nodesep": "0.5",
        "ranksep": f"{RANK_GAP / POINTS:.2f}",
        "pad": "0",
        "newrank": "false",
    }
    groups, sizes, graph_nodes = graph.groups(), _flow_sizes(graph), graph.nodes()
    with _diagram(attributes) as diagram:
        made: dict[str, Any] = {}
        _clusters(graph.root, graph.theme, sizes, made, "b" if graph.layout == "flow" else "t")
        for edge in _between(graph):
            tail = _last(groups[edge.tail], graph) if edge.tail in groups else edge.tail
            head = next(groups[edge.head].nodes()).id if edge.head in groups else edge.head
            ends = (head, tail) if edge.against else (tail, head)
            diagram.connect(made[ends[0]], made[ends[1]], Arrow(id=edge.id))
        for one, other in _rows_of_idle(graph):
            diagram.connect(made[one], made[other], Arrow(id=f"{one}-beside-{other}", style="invis"))
    answer = _run(str(diagram))
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


def _between(graph: Graph) -> list[Edge]:
    """The edges that say where things stand: not those from something to itself."""
    return [edge for edge in graph.edges if edge.tail != edge.head]


def _last(group: Group, graph: Graph) -> str:
    """The node of a group that stands in its last column: one from which no edge leads on inside the group."""
    inside = [node.id for node in group.nodes()]
    leading = {edge.tail for edge in _between(graph) if edge.head in inside and not edge.both}
    return next((id_ for id_ in reversed(inside) if id_ not in leading), inside[-1])


def _rows_of_idle(graph: Graph) -> Iterator[tuple[str, str]]:
    """Pairs of nodes without edges to set side by side: dot would pile all of a group up in its first column."""
    busy = {end for edge in _between(graph) for end in (edge.tail, edge.head)}
    for group in graph.root.groups():
        idle = [child.id for child in group.children if not isinstance(child, Group) and child.id not in busy]
        if group.id in busy or len(idle) < 2:
            continue
        columns = 2 if len(idle) <= 6 else 3
        for start in range(0, len(idle), columns):
            yield from itertools.pairwise(idle[start : start + columns])


def _flow_sizes(graph: Graph) -> dict[str, tuple[float, float]]:
    """Sizes of nodes in a free graph: all of one height, so that icons stand in line and edges between them are straight,
    and wide enough for the labels between their icons, and for loops.
    """
    sizes = {node.id: node_size(node) for node in graph.root.nodes()}
    loops = loop_room(graph)
    widths = {id_: max(width, loops.get(id_, 0)) for id_, (width, _height) in sizes.items()}
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
            made[child.id] = Node("", nodeid=child.id, **_fixed(width, height))


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


def _fixed(width: float, height: float) -> dict[str, str]:
    return {
        "shape": "box",
        "fixedsize": "true",
        "width": f"{width / POINTS:.4f}",
        "height": f"{height / POINTS:.4f}",
    }


def _run(dot: str) -> dict[str, Any]:
    """Lay out; returns Graphviz's JSON."""
    with _lock:
        answer = pygraphviz.AGraph(string=dot).draw(format="json0", prog="dot")
    parsed: dict[str, Any] = json.loads(answer)
    return parsed
