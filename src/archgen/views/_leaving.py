"""Marks what a picture shows although the last phase no longer has it."""

from __future__ import annotations

from dataclasses import replace

from archgen.draw.graph import Graph, Group, Node
from archgen.model.architecture import Architecture
from archgen.model.remembered import remembered_of_both
from archgen.views._parts import component_page


def with_leaving(graph: Graph, architecture: Architecture, horizon: Architecture) -> Graph:
    """The graph with each component and connection that `architecture` has and `horizon` lacks marked as leaving."""
    gone, ending = _ending(architecture, horizon)
    if not gone and not ending:
        return graph
    root = _marked(graph.root, gone)
    leaving = {node.id for node in root.nodes() if node.leaving}
    edges = (
        replace(edge, leaving=True)
        if not edge.planned and not edge.change and (edge.id in ending or {edge.tail, edge.head} & leaving)
        else edge
        for edge in graph.edges
    )
    return replace(graph, root=root, edges=tuple(edges))


@remembered_of_both
def _ending(architecture: Architecture, horizon: Architecture) -> tuple[frozenset[str], frozenset[str]]:
    """The pages of the components, and the ids of the connections, that `architecture` has and `horizon` lacks; many views use them."""
    if architecture is horizon:
        return frozenset(), frozenset()
    gone = frozenset(component_page(name) for name in architecture.components if name not in horizon.components)
    remaining = {connection.id for connection in horizon.connections}
    return gone, frozenset(connection.id for connection in architecture.connections) - remaining


def _marked(group: Group, gone: frozenset[str]) -> Group:
    children = (
        _marked(child, gone)
        if isinstance(child, Group)
        else _leaving_node(child)
        if child.page in gone and not child.planned and not child.change
        else child
        for child in group.children
    )
    return replace(group, children=tuple(children))


def _leaving_node(node: Node) -> Node:
    return replace(node, leaving=True)
