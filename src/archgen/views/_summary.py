"""Summaries of pictures that would be too large to read: one node for each group of components, and a view of each group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from archgen.analysis.grouping import GROUP, MOST, Grouped
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.model.architecture import Architecture
from archgen.views._groups import calls_between, everything, picture
from archgen.views._parts import component_page, node_of

_DRAWN = 3 * MOST  # components of a group whose connections can be drawn
_FOLDED = 2 * MOST  # nodes of a grid, which is readable with more nodes than a free graph, since each has its place


def group_view(name: str, id_: str, label: str, grouped: Grouped) -> Callable[[Architecture, Architecture], Graph]:
    """A view function for one group: its components, and what they are connected to outside of it, summarized."""

    def view(a: Architecture, horizon: Architecture) -> Graph:
        sources = everything(a, horizon)
        inside = [n for n, source in sources.items() if grouped.of(source, n)[0] == id_ and not _is_person(source, n)]
        calls = list(calls_between(a, horizon, sources))
        near = {end for e in calls if {e.tail, e.head} & set(inside) for end in (e.tail, e.head)}
        nodes = [node_of(sources[n], n, planned=n not in a.components) for n in inside]
        if len(nodes) > _DRAWN:
            return _only_listed(name, label, a, nodes)
        others = [node_of(sources[n], n, planned=n not in a.components) for n in sources if n in near - set(inside)]
        edges = [e for e in calls if {e.tail, e.head} & set(inside)]
        described = f"{label} on {a.facts.full_name}, with what it is connected to, summarized by {grouped.word}."
        own = [Group(f"in-{id_}", label, "generic", tuple(nodes))] if nodes else []
        others = [replace(node, context=True) for node in others]
        graph = picture(name, label, described, a, [*own, *others], edges)
        return _merged(graph, _groups_of_nodes(others, a, horizon, grouped), own)

    return view


def _only_listed(name: str, label: str, a: Architecture, nodes: list[Node]) -> Graph:
    """A picture of a group that is too large for lines: its components in rows."""
    described = f"{label} on {a.facts.full_name}: {len(nodes)} components, too many to draw their connections."
    return picture(name, label, described, a, [Group("all", label, "generic", tuple(nodes), 8)], [], "grid")


def summarized(graph: Graph, a: Architecture, horizon: Architecture, grouped: Grouped | None) -> Graph:
    """The graph, or a summary of it if it has too many nodes. People stay as they are."""
    count = len(graph.nodes())
    if graph.layout == "grid":
        return _with_folded_boxes(graph) if count > _FOLDED else graph
    if count <= MOST or grouped is None:
        return graph
    said = f"Summarized by {grouped.word}: {{}} nodes stand for {count}; each links to its picture."
    return _merged(graph, _groups_of_nodes(graph.root.nodes(), a, horizon, grouped), [], said)


def _is_person(a: Architecture, name: str) -> bool:
    return a.components[name].person


def _groups_of_nodes(
    nodes: Iterable[Node], a: Architecture, horizon: Architecture, grouped: Grouped
) -> dict[str, tuple[str, str]]:
    """The id and the label of the group of each node that is a component, by the node's id."""
    sources = everything(a, horizon)
    by_page = {component_page(name): name for name in sources}
    found = {}
    for node in nodes:
        name = by_page.get(node.page or "")
        if name and not _is_person(sources[name], name):
            id_, label, _style = grouped.of(sources[name], name)
            found[node.id] = (id_, label)
    return found


def _merged(graph: Graph, groups: Mapping[str, tuple[str, str]], keep: list[Group], said: str = "") -> Graph:
    """The graph with one node for each group, and one edge with a count for all that lead from one group to another.

    Nodes without a group stay; `keep` are the boxes that stay with everything in them. `said` is added to the description, with the
    number of nodes in place of {}.
    """
    members: dict[tuple[str, str], list[Node]] = {}
    kept = {node.id for group in keep for node in group.nodes()}
    single: list[Node] = []
    for node in graph.root.nodes():
        if node.id in groups:
            members.setdefault(groups[node.id], []).append(node)
        elif node.id not in kept:
            single.append(node)
    nodes = [_summary(id_, label, found) for (id_, label), found in members.items()]
    into = {node.id: f"{GROUP}{groups[node.id][0]}" for node in graph.root.nodes() if node.id in groups}
    into |= {group.id: group.id for group in keep}
    shown = {*into.values(), *kept, *(node.id for node in single)}
    root = Group("root", "", "none", (*single, *keep, *nodes))
    sentences = (graph.description, said.format(len(list(root.nodes()))), _undrawn(graph, into, shown))
    described = " ".join(sentence for sentence in sentences if sentence)
    return replace(graph, root=root, edges=tuple(_counted(graph, into, shown)), description=described)


def _summary(id_: str, label: str, members: list[Node]) -> Node:
    planned = all(node.planned for node in members)
    what = "1 component" if len(members) == 1 else f"{len(members)} components"
    id_, count = f"{GROUP}{id_}", len(members)
    context = all(node.context for node in members)
    return Node(id_, label, Icon(tile=str(count)), what, id_, planned, stands_for=count, context=context)


def _counted(graph: Graph, into: Mapping[str, str], shown: set[str]) -> Iterable[Edge]:
    """One edge for all edges with the same ends after merging, labeled with their number."""
    found: dict[tuple[str, str], list[Edge]] = {}
    for edge in graph.edges:
        tail, head = into.get(edge.tail, edge.tail), into.get(edge.head, edge.head)
        if tail != head and {tail, head} <= shown:
            found.setdefault((tail, head), []).append(edge)
    for (tail, head), edges in found.items():
        first = edges[0]
        if len(edges) == 1:
            yield replace(first, id=f"{tail}--{head}", tail=tail, head=head)
            continue
        listed = ", ".join(dict.fromkeys(edge.label for edge in edges if edge.label))
        planned = all(edge.planned for edge in edges)
        both = any(edge.both for edge in edges)
        meanings = {edge.meaning for edge in edges}
        meaning = meanings.pop() if len(meanings) == 1 else ""
        yield Edge(
            f"{tail}--{head}", tail, head, f"{len(edges)} connections", listed, both, planned=planned, meaning=meaning
        )


def _undrawn(graph: Graph, into: Mapping[str, str], shown: set[str]) -> str:
    """A sentence about the connections that have no line after merging; empty if all have one."""
    ends = [(into.get(edge.tail, edge.tail), into.get(edge.head, edge.head)) for edge in graph.edges]
    count = sum(tail == head or not {tail, head} <= shown for tail, head in ends)
    if not count:
        return ""
    return f"{'1 connection is' if count == 1 else f'{count} connections are'} not drawn: within one node, or of a whole box."


def _with_folded_boxes(graph: Graph) -> Graph:
    """A grid in which each box with several nodes has one node with their number instead."""
    into: dict[str, str] = {}
    root = _folded(graph.root, into)
    shown = {node.id for node in root.nodes()} | {group.id for group in root.groups()}
    said = f"Each box has one node for all that is in it: {len(graph.nodes())} in all."
    return replace(
        graph,
        root=root,
        edges=tuple(_counted(graph, into, shown)),
        description=" ".join(part for part in (graph.description, said, _undrawn(graph, into, shown)) if part),
    )


def _folded(group: Group, into: dict[str, str]) -> Group:
    nodes = [child for child in group.children if isinstance(child, Node)]
    boxes = tuple(_folded(child, into) for child in group.children if isinstance(child, Group))
    if len(nodes) <= 2:
        return replace(group, children=(*nodes, *boxes))
    id_ = f"in-{group.id}"
    into.update({node.id: id_ for node in nodes})
    names = ", ".join(dict.fromkeys(node.label for node in nodes[:3]))
    more = f"{names} and {len(nodes) - 3} more" if len(nodes) > 3 else names
    planned = all(node.planned for node in nodes)
    node = Node(id_, f"{len(nodes)} nodes", Icon(tile=str(len(nodes))), more, None, planned, stands_for=len(nodes))
    return replace(group, children=(node, *boxes))
