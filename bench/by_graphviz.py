"""Draws the same graphs with Graphviz alone, and measures the time in Graphviz, for comparison."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pygraphviz

from archgen.draw.drawing import draw
from archgen.draw.graph import Graph, Group
from archgen.draw.measure import Rect, node_size

Points = tuple[tuple[float, float], ...]


@contextmanager
def clocked() -> Iterator[list[float]]:
    """Collects the duration of every call of Graphviz, in seconds."""
    spent: list[float] = []
    original = pygraphviz.AGraph.draw

    def timed(*arguments: Any, **options: Any) -> Any:
        started = time.perf_counter()
        answer = original(*arguments, **options)
        spent.append(time.perf_counter() - started)
        return answer

    pygraphviz.AGraph.draw = timed
    try:
        yield spent
    finally:
        pygraphviz.AGraph.draw = original


def dot_alone(graph: Graph) -> list[Points]:
    """The edges as polylines when dot also places the nodes. They may run through other nodes."""
    lines = ["digraph {", "rankdir=LR compound=true"]
    _clusters(graph.root, lines)
    for edge in graph.edges:
        tail, head = (_node_of(graph, end) for end in (edge.tail, edge.head))
        lines.append(f'"{tail}" -> "{head}"')
    return _edges("\n".join([*lines, "}"]), "dot")


def same_job(graph: Graph) -> list[Points]:
    """The edges by Graphviz's orthogonal router, with nodes and titles where archgen places them. It ignores icons and borders."""
    drawing = draw(graph)
    boxes = {id_: drawing.boxes[id_] for id_ in graph.nodes()} | {
        f"title of {id_}": b for id_, b in drawing.titles.items()
    }
    lines = ["digraph {", "splines=ortho nodesep=0.1"]
    for id_, box in boxes.items():
        x, y = box.x + box.width / 2, -box.y - box.height / 2
        lines.append(f'"{id_}" [{_size(box)} pos="{x:.2f},{y:.2f}"]')
    for edge in graph.edges:
        tail, head = (_node_of(graph, end) for end in (edge.tail, edge.head))
        lines.append(f'"{tail}" -> "{head}"')
    return _edges("\n".join([*lines, "}"]), "nop")


def _node_of(graph: Graph, end: str) -> str:
    groups = graph.groups()
    return next(groups[end].nodes()).id if end in groups else end


def _clusters(group: Group, lines: list[str]) -> None:
    for child in group.children:
        if isinstance(child, Group):
            lines.append(f'subgraph "cluster_{child.id}" {{ label="title" margin=12')
            _clusters(child, lines)
            lines.append("}")
        else:
            width, height = node_size(child)
            lines.append(f'"{child.id}" [{_size(Rect(0, 0, width, height))}]')


def _size(box: Rect) -> str:
    return f'label="" shape=box fixedsize=true width={box.width / 72:.4f} height={box.height / 72:.4f}'


def _edges(dot: str, program: str) -> list[Points]:
    answer = json.loads(pygraphviz.AGraph(string=dot).draw(format="json0", prog=program))
    return [_points(edge["pos"]) for edge in answer.get("edges", ())]


def _points(position: str) -> Points:
    """The control points in a position such as `"e,X,Y x,y x,y …"`, without the tips."""
    pairs = [part.split(",") for part in position.split(";", maxsplit=1)[0].split()]
    return tuple((float(pair[0]), float(pair[1])) for pair in pairs if len(pair) == 2)
