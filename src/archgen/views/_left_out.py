"""What a picture does not show although a reader expects it there, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from archgen.draw.graph import Graph, LeftOut
from archgen.model.architecture import Architecture
from archgen.views._parts import component_page


def with_left_out(graph: Graph, sources: Mapping[str, Architecture], reasons: Mapping[str, str]) -> Graph:
    """The graph with a list of the components that it does not show.

    `reasons` says for each component that belongs to the subject of the picture why it may be absent, in words that
    follow their titles; `sources` has the architecture to read each of them from. Those in the picture are not listed.
    """
    pages = {node.page for node in graph.root.nodes()}
    found: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        if component_page(name) not in pages:
            found.setdefault(reason, []).append(sources[name].components[name].title)
    absent = tuple(LeftOut(tuple(titles), reason) for reason, titles in found.items())
    return replace(graph, left_out=(*graph.left_out, *absent))
