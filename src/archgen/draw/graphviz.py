"""Places the nodes and groups of free graphs with Graphviz, which runs in this process. The diagrams package writes the DOT.

Graphviz gets sizes instead of text, so its result does not depend on fonts, locale or machine, and no text of
a model ever reaches it.
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
from archgen.draw.measure import ICON, TITLE_HEIGHT, Rect, label_room, loop_room, node_size, star_room, title_width
from archgen.draw.ranks import implied_edges, rows_of_bundles
from archgen.draw.style import look

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RANK_GAP = 43  # between the columns of a free graph
POINTS = 72  # Graphviz measures sizes in inches and places in points

_lock = threading.Lock()  # Graphviz keeps global state


def flow(graph: Graph) -> dict[str, Rect]:
    """The box of every node and group of a free graph, by id."""
    attributes = {
        "rankdir": "TB" if graph.layout == "down" else "LR",
        "splines": "line",
        "nodesep": "0.27" if graph.dense else "0.5",
        "ranksep": f"{RANK_GAP / POINTS:.2f}",
        "pad": "0",
        "newrank": "false",
    }
    groups, sizes, graph_nodes = graph.groups(), _flow_sizes(graph), graph.nodes()
    with _diagram(attributes) as diagram:
        drawn_nodes: dict[str, Any] = {}
        _clusters(graph.root, graph.theme, sizes, drawn_nodes, "b" if graph.layout == "flow" else "t")
        for edge in _needed(graph):
            tail = _last(groups[edge.tail], graph) if edge.tail in groups else edge.tail
            head = next(groups[edge.head].nodes()).id if edge.head in groups else edge.head
            ends = (head, tail) if edge.against else (tail, head)
            diagram.connect(drawn_nodes[ends[0]], drawn_nodes[ends[1]], Arrow(id=edge.id))
        for one, other in [*_rows_of_idle(graph), *_pairs(rows_of_bundles(graph))]:
            diagram.connect(drawn_nodes[one], drawn_nodes[other], Arrow(id=f"{one}-beside-{other}", style="invis"))
    answer = _run(str(diagram))
    height = 0.0 if graph.layout == "flow" else float(answer["bb"].split(",")[3])
    up = 1 if graph.layout == "flow" else -1  # dot puts the first node at the bottom of a column
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
    """The edges that affect the layout: all but loops."""
    return [edge for edge in graph.edges if edge.tail != edge.head]


def _needed(graph: Graph) -> list[Edge]:
    """The edges that Graphviz gets."""
    implied = implied_edges(graph)
    return [edge for edge in _between(graph) if edge.id not in implied]


def _pairs(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return (pair for row in rows for pair in itertools.pairwise(row))


def _last(group: Group, graph: Graph) -> str:
    """A node in the last column of a group: one without edges to other nodes of the group."""
    inside = [node.id for node in group.nodes()]
    leading = {edge.tail for edge in _between(graph) if edge.head in inside and not edge.both}
    return next((id_ for id_ in reversed(inside) if id_ not in leading), inside[-1])


def _rows_of_idle(graph: Graph) -> Iterator[tuple[str, str]]:
    """Pairs of nodes without edges that should be side by side. Without this, dot piles them up in the first column of their group."""
    busy = {end for edge in _between(graph) for end in (edge.tail, edge.head)}
    for group in graph.root.groups():
        idle = [child.id for child in group.children if not isinstance(child, Group) and child.id not in busy]
        if group.id in busy or len(idle) < 2:
            continue
        columns = 2 if len(idle) <= 6 else 3
        for start in range(0, len(idle), columns):
            yield from itertools.pairwise(idle[start : start + columns])


def _flow_sizes(graph: Graph) -> dict[str, tuple[float, float]]:
    """Sizes of nodes in a free graph. All have the same height, so that icons line up and edges between them are straight; widths
    leave room for the labels between icons, and for loops.
    """
    sizes = {node.id: node_size(node) for node in graph.root.nodes()}
    least = {**loop_room(graph), **star_room(graph)}
    widths = {id_: max(width, least.get(id_, 0)) for id_, (width, _height) in sizes.items()}
    for pair, room in sorted(label_room(graph, _needed(graph)).items(), key=lambda item: sorted(item[0])):
        ends = sorted(end for end in pair if end in widths)
        if len(ends) == 2:
            gap = RANK_GAP + sum(widths[end] - ICON for end in ends) / 2
            for end in ends:
                widths[end] += max(0.0, room - gap)
    height = max((height for _width, height in sizes.values()), default=0)
    return {id_: (width, height) for id_, width in widths.items()}


def _clusters(
    group: Group, theme: str, sizes: dict[str, tuple[float, float]], drawn_nodes: dict[str, Any], top: str
) -> None:
    for child in group.children:
        if isinstance(child, Group):
            drawn = look(theme, child.style)
            width = title_width(child, icon=bool(drawn and drawn.icon)) + 12
            # A table of fixed size reserves space for the title, so that Graphviz does not get the text.
            room = f'<<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="{round(width)}" HEIGHT="{TITLE_HEIGHT}"><TR><TD></TD></TR></TABLE>>'
            with _cluster(child.id, room, top):
                _clusters(child, theme, sizes, drawn_nodes, top)
        else:
            width, height = sizes[child.id]
            drawn_nodes[child.id] = Node("", nodeid=child.id, **_fixed_size(width, height))


@contextmanager
def _cluster(id_: str, room: str, top: str) -> Iterator[None]:
    with Cluster(id_, graph_attr={"label": room, "margin": "12", "labeljust": "l", "labelloc": top}) as cluster:
        cluster.dot.name = f"cluster_{id_}"  # keyed by id: Graphviz merges clusters that share a label
        yield


@contextmanager
def _diagram(attributes: dict[str, str]) -> Iterator[Diagram]:
    """A Diagram as the context for Node and Edge. Its own context manager would write files and run the dot binary."""
    diagram = Diagram("", filename="unused", show=False, graph_attr=attributes)
    setdiagram(diagram)
    try:
        yield diagram
    finally:
        setcluster(None)
        setdiagram(None)


def _fixed_size(width: float, height: float) -> dict[str, str]:
    return {
        "shape": "box",
        "fixedsize": "true",
        "width": f"{width / POINTS:.4f}",
        "height": f"{height / POINTS:.4f}",
    }


def _run(dot: str) -> dict[str, Any]:
    """The layout that Graphviz computes for a DOT text, as its JSON."""
    with _lock:
        answer = pygraphviz.AGraph(string=dot).draw(format="json0", prog="dot")
    parsed: dict[str, Any] = json.loads(answer)
    return parsed
