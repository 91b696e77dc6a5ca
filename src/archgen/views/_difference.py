"""The picture of the difference of two architectures: components added, removed or changed, and their connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from archgen.analysis.changes import components, connections
from archgen.analysis.grouping import by_place
from archgen.draw.graph import SIGNS, Change, Edge, Graph, Group, Node
from archgen.model.architecture import Architecture
from archgen.views._groups import grouped, picture
from archgen.views._parts import edge_of, meaning_of

FEW = 12  # with more components, unchanged ones are left out


def difference_graph(name: str, title: str, a: Architecture, b: Architecture) -> Graph:
    """The graph; empty if nothing differs. Unchanged neighbors are included if the picture stays small enough."""
    changes: dict[str, Change] = {item.id: item.what for item in components(a, b)}
    edges = list(_edges(a, b))
    ends = {end for edge in edges if edge.change for end in (edge.tail, edge.head)}
    touched = set(changes) | ends
    near = {end for edge in edges if {edge.tail, edge.head} & touched for end in (edge.tail, edge.head)}
    wanted = touched | near if len(touched | near) <= FEW else touched
    names = [n for n in dict.fromkeys([*b.components, *a.components]) if n in wanted]
    parts = [_with_changes(part, changes, a, b) for part in grouped(b, a, names, by_place)]
    count = {what: sum(1 for change in changes.values() if change == what) for what in ("added", "removed", "changed")}
    summary = ", ".join(f"{n} {what}" for what, n in count.items() if n) or "none"
    described = f"Components that differ on {b.facts.full_name}: {summary}."
    if hidden := len(touched | near) - len(wanted):
        described += f" {hidden} without a difference {'is' if hidden == 1 else 'are'} not drawn."
    graph = picture(name, title, described, b, parts, [e for e in edges if {e.tail, e.head} <= wanted])
    return replace(graph, title=title)  # `picture` appends the name of one cloud


def _edges(a: Architecture, b: Architecture) -> Iterator[Edge]:
    """The connections between components on either side, each once, marked with how it changed."""
    changes: dict[str, Change] = {item.id: item.what for item in connections(a, b)}
    by_id = {c.id: c for x in (b, a) for c in x.traffic}
    for id_, connection in by_id.items():
        edge = edge_of(id_, connection.tail, connection.head, connection.call, meaning=meaning_of([connection]))
        change = changes.get(id_, "")
        label = f"{SIGNS[change]} {edge.label}".strip() if change else edge.label
        yield replace(edge, label=label, change=change)


def _with_changes(part: Group | Node, changes: Mapping[str, Change], a: Architecture, b: Architecture) -> Group | Node:
    """`part` with each component marked with how it changed. If its product changed, the note names both products."""
    if isinstance(part, Group):
        return replace(part, children=tuple(_with_changes(child, changes, a, b) for child in part.children))
    change = changes.get(part.id, "")
    note = part.note
    if change == "changed":
        old, new = (x.product(x.components[part.id]) for x in (a, b))
        note = f"{old.short} \u2192 {new.short}" if old and new and old != new else note
    return replace(part, note=note, planned=False, change=change, context=not change)
