"""Writes a graph as a Mermaid flowchart, which GitHub renders in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archgen.draw import style
from archgen.draw.graph import SIGNS, Edge, Graph, Group, Node
from archgen.draw.legend import LegendMark, in_words
from archgen.templating.escape import mermaid as escaped
from archgen.templating.escape import yaml_text


def mermaid(graph: Graph) -> str:
    """The graph as a flowchart with a subgraph for each group, ending in a newline."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "---"
    yield f"title: {yaml_text(graph.title)}"
    yield "---"
    yield f"flowchart {'TB' if graph.layout == 'down' else 'LR'}"
    if words := in_words(graph, _look):
        yield f"  %% {words}"
    yield from _inside(graph.root, "  ")
    for edge in graph.edges:
        yield f"  {_edge(edge)}"
    context = [_id(node.id) for node in graph.root.nodes() if node.context]
    if context:
        yield "  classDef context color:#4a5361,stroke:#8c959f,fill:#f6f8fa"
        yield f"  class {','.join(context)} context"
    planned = [_id(node.id) for node in graph.root.nodes() if node.planned]
    if planned:
        yield "  classDef planned stroke-dasharray: 4 3,color:#566170"
        yield f"  class {','.join(planned)} planned"
    leaving = [_id(node.id) for node in graph.root.nodes() if node.leaving]
    if leaving:
        yield "  classDef leaving stroke-dasharray: 1 3,color:#5f4b8b"
        yield f"  class {','.join(leaving)} leaving"


def _look(mark: LegendMark) -> str:
    """How a mark looks in the pictures of Mermaid."""
    if mark.change:
        return SIGNS[mark.change]
    looks = {"both": "arrow with two heads", "count": "number", "closed": "box with three dots", "context": "gray"}
    return looks.get(mark.name, "dotted")


def _id(id_: str) -> str:
    """An id that cannot be a keyword of Mermaid, such as `end`."""
    return "n_" + re.sub(r"[^A-Za-z0-9]", "_", id_)


def _inside(group: Group, indent: str) -> Iterator[str]:
    for child in group.children:
        if isinstance(child, Node):
            text = "<br/>".join(escaped(part) for part in (child.signed, child.note) if part)
            yield f'{indent}{_id(child.id)}["{text}"]'
        elif child.style == "none":
            yield from _inside(child, indent)
        else:
            yield f'{indent}subgraph {_id(child.id)}["{escaped(child.signed)}"]'
            yield from _inside(child, f"{indent}  ")
            yield f"{indent}end"


def _edge(edge: Edge) -> str:
    dashed = bool(style.dash_of(edge))
    arrow = ("<" if edge.both else "") + ("-.->" if dashed else "-->")
    label = f'|"{escaped(edge.label)}"|' if edge.label else ""
    return f"{_id(edge.tail)} {arrow}{label} {_id(edge.head)}"
