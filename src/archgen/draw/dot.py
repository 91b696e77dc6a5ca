"""Writes a graph as DOT, for other tools of Graphviz. Ids are those in pictures."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.draw import style
from archgen.draw.bundles import Bundle, bundles
from archgen.draw.graph import SIGNS, Edge, Graph, Group, Node
from archgen.draw.legend import LegendMark, in_words
from archgen.templating.escape import dot as quoted


def dot(graph: Graph) -> str:
    """The graph as a digraph with a cluster for each group, ending in a newline."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield f"digraph {quoted(graph.name)} {{"
    title = "\n".join(part for part in (graph.title, in_words(graph, _look)) if part)
    yield f"  label={quoted(title)}; labelloc=t; fontname=Arial; compound=true; rankdir={'TB' if graph.layout == 'down' else 'LR'};"
    yield "  node [shape=box, fontname=Arial]; edge [fontname=Arial];"
    yield from _inside(graph.root, "  ")
    groups = graph.groups()
    inside = {edge.id: bundle for bundle in bundles(graph) for edge in bundle.edges}
    sides = ("n", "s") if graph.layout == "down" else ("w", "e")
    for edge in graph.edges:
        yield f"  {_edge(edge, groups, inside.get(edge.id), sides)}"
    yield "}"


def _look(mark: LegendMark) -> str:
    """How a mark looks in the pictures of Graphviz."""
    if mark.change:
        return SIGNS[mark.change]
    looks = {"event": "dotted", "both": "arrow with two heads", "count": "number", "closed": "box with three dots"}
    looks["context"] = "gray"
    return looks.get(mark.name, "dashed")


def _inside(group: Group, indent: str) -> Iterator[str]:
    for child in group.children:
        if isinstance(child, Node):
            label = "\n".join(part for part in (child.signed, child.note) if part)
            line = ", style=dashed" if child.planned else ", style=dotted" if child.leaving else ""
            line += f', fontcolor="{style.NOTE[0]}", color="{style.NOTE[0]}"' if child.context else ""
            yield f"{indent}{quoted(child.id)} [label={quoted(label)}{line}];"
        elif child.style == "none":
            yield from _inside(child, indent)
        else:
            yield f"{indent}subgraph {quoted(f'cluster_{child.id}')} {{"
            yield f"{indent}  label={quoted(child.signed)};"
            yield from _inside(child, f"{indent}  ")
            yield f"{indent}}}"


def _edge(edge: Edge, groups: dict[str, Group], bundle: Bundle | None, sides: tuple[str, str]) -> str:
    """The line of an edge. One to or from a group names a node in the group, and is clipped at the group's border. Those of a bundle meet
    their hub in the middle of one of the `sides`, which are its first and last in the direction of the picture.
    """
    ends, attributes = [], [f"id={quoted(edge.id)}"]
    for end, key in ((edge.tail, "ltail"), (edge.head, "lhead")):
        inside = next(groups[end].nodes(), None) if end in groups else None
        if inside:
            attributes.append(f"{key}={quoted(f'cluster_{end}')}")
        ends.append(quoted(inside.id if inside else end))
    if edge.label:
        attributes.append(f"label={quoted(edge.label)}")
    if bundle:
        attributes.append(f"headport={sides[0]}" if bundle.enters else f"tailport={sides[1]}")
    if edge.both:
        attributes.append("dir=both")
    if edge.leaving or (edge.meaning == "event" and not edge.planned):
        attributes.append("style=dotted")
    elif style.dash_of(edge):
        attributes.append("style=dashed")
    return f"{ends[0]} -> {ends[1]} [{', '.join(attributes)}];"
