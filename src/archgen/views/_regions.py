"""What the network view draws in regions other than `home`: one node for each component there, and the connections of these nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from archgen.analysis.regions import network_in_region
from archgen.draw.graph import Edge, Node
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.regions import HOME, RegionRole
from archgen.views._parts import edge_of, product_node


@dataclass(frozen=True, slots=True)
class Instance:
    """A component in a region: where it is drawn, as the ID of a further network with a tier such as `asia/app`, or empty."""

    component: str
    region: str
    role: RegionRole
    place: str
    node: Node


def instances(sources: Mapping[str, Architecture], now: Architecture, drawn: Collection[str]) -> list[Instance]:
    """The components that are drawn and that are in other regions, too, or only there; not what is in a further network anyway."""
    found = []
    for name in drawn:
        a = sources[name]
        component = a.components[name]
        if a.network_of(component) or component.runs_on:
            continue
        for region, role in a.regions_of(component).items():
            if region != HOME:
                node = product_node(a, name, planned=name not in now.components)
                known = node.note if node.note != node.label else ""
                note = ", ".join(part for part in (known, "passive" if role == "passive" else "") if part)
                place = network_in_region(a, region, component.place) or ""
                found.append(Instance(name, region, role, place, replace(node, id=f"{name}/{region}", note=note)))
    return found


def is_at_home(a: Architecture, name: str) -> bool:
    """Whether a component is in the region `home`, or in no region."""
    return HOME in (a.regions_of(a.components[name]) or (HOME,))


def edges(a: Architecture, found: Collection[Instance], drawn: Collection[str]) -> Iterator[Edge]:
    """The connections from and to nodes in other regions. A caller reaches what is active in its region, else what is active elsewhere."""
    if not found:
        return
    there = {(i.component, i.region): i for i in found}
    labeled: set[str] = set()
    for connection in a.traffic:
        if connection.by_api or connection.tail == connection.head:
            continue
        for tail, head in _ends(a, connection, there):
            if tail in drawn and head in drawn:
                edge = edge_of(f"{tail}--{head}", tail, head, connection.call)
                again = connection.id in labeled
                labeled.add(connection.id)
                yield replace(edge, label="", detail=edge.detail or edge.label) if again else edge


def _ends(
    a: Architecture, connection: Connection, there: Mapping[tuple[str, str], Instance]
) -> Iterator[tuple[str, str]]:
    """The ends of a connection of which at least one is a node in another region."""
    tails, heads = _active(a, connection.tail), _active(a, connection.head)
    for region in tails or [""]:
        near = [region] if region in heads else heads[:1] if tails else heads
        for other in near or [""]:
            pair = (connection.tail, region), (connection.head, other)
            if any(end in there for end in pair):
                tail, head = (there[end].node.id if end in there else end[0] for end in pair)
                yield tail, head


def _active(a: Architecture, name: str) -> list[str]:
    """The regions in which a component works all the time, `home` first."""
    uses = a.regions_of(a.components[name])
    return sorted((id_ for id_, role in uses.items() if role == "active"), key=lambda id_: id_ != HOME)
