"""What the network view draws in regions other than `home`: one node for each component there, and the connections of these nodes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from archgen.analysis.regions import network_in_region
from archgen.draw.graph import Edge, Node
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE
from archgen.model.connections import Connection
from archgen.model.regions import HOME, RegionRole
from archgen.model.wording import listed
from archgen.records import dataclass
from archgen.views._parts import edge_of, meaning_of, product_node


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


def said(a: Architecture, found: Collection[Instance]) -> str:
    """Sentences about what is in other regions, and about copies of data there that are not drawn; empty if there are none."""
    parts: dict[tuple[str, RegionRole], list[str]] = {}
    for instance in found:
        if instance.component in a.components:
            parts.setdefault((instance.region, instance.role), []).append(a.components[instance.component].title)
    there = {i.component for i in found}
    sentences = []
    for (region, role), titles in parts.items():
        are = "is" if len(titles) == 1 else "are"
        sentences.append(f"{listed(titles)} {are} {role} in {a.regions[region].name}.")
    kept = [c.title for n, c in a.components.items() if n not in there and getattr(c, "disaster_recovery", None)]
    if kept and a.recovery_region:
        sentences.append(f"Copies of {listed(kept)} are kept in {a.recovery_region}.")
    return " ".join(sentences)


def is_at_home(a: Architecture, name: str) -> bool:
    """Whether a component is in the region `home`, or in no region."""
    return HOME in (a.regions_of(a.components[name]) or (HOME,))


def edges(
    a: Architecture,
    found: Collection[Instance],
    drawn: Collection[str],
    at_home: Callable[[str], Sequence[str]],
    passed: Callable[[str, str], Sequence[str]],
) -> Iterator[Edge]:
    """The connections from and to nodes in other regions. A caller reaches what is active in its region, else what is active elsewhere.

    `at_home` gives the IDs of the nodes that stand for a component in the region `home`. What runs on something is drawn as that.
    `passed` gives the components that a connection passes on its way from a region.
    """
    there = {(i.component, i.region): i.node.id for i in found}
    lines: dict[tuple[str, str], list[Connection]] = {}
    for connection in a.traffic if found else ():
        if connection.by_api or connection.tail == connection.head or _is_service_of_guest(a, connection):
            continue
        for tail, head in _ends(a, connection, there, at_home, passed):
            if tail in drawn and head in drawn and tail != head:
                lines.setdefault((tail, head), []).append(connection)
    labeled: set[str] = set()
    for (tail, head), connections in lines.items():
        edge = edge_of(f"{tail}--{head}", tail, head, connections[0].call, meaning=meaning_of(connections))
        if len({c.data or "sent" for c in connections}) > 1:
            edge = replace(edge, tail=tail, head=head, both=True)
        again = connections[0].id in labeled
        labeled.add(connections[0].id)
        yield replace(edge, label="", detail=edge.detail or edge.label) if again else edge


def _is_service_of_guest(a: Architecture, connection: Connection) -> bool:
    """Whether something on a host calls a service outside of the network: too many lines to draw, in each region."""
    head = a.components[connection.head]
    return bool(a.components[connection.tail].runs_on) and a.place(head) in (EDGE, MANAGED, OUTSIDE)


def _ends(
    a: Architecture,
    connection: Connection,
    there: Mapping[tuple[str, str], str],
    at_home: Callable[[str], Sequence[str]],
    passed: Callable[[str, str], Sequence[str]],
) -> Iterator[tuple[str, str]]:
    """The nodes at the ends of each line of a connection, at least one end of which is in another region."""
    tails, heads = _active(a, connection.tail), _active(a, connection.head)
    for region in tails or [""]:
        near = [region] if region in heads else heads[:1] if tails else heads
        for other in near or [""]:
            tail, head = _node(a, connection.tail, region, there), _node(a, connection.head, other, there)
            if tail or head:
                ends = [tail] if tail else at_home(connection.tail), [head] if head else at_home(connection.head)
                over = passed(connection.id, region) if region != HOME else ()
                for one, last in itertools.product(*ends):
                    yield from itertools.pairwise((one, *over, last))


def _node(a: Architecture, name: str, region: str, there: Mapping[tuple[str, str], str]) -> str:
    """The ID of the node that stands for a component in another region: its own, or that of what it runs on; empty if there is none."""
    seen: set[str] = set()
    while name in a.components and name not in seen:
        if (name, region) in there:
            return there[name, region]
        seen.add(name)
        name = a.components[name].runs_on or ""
    return ""


def _active(a: Architecture, name: str) -> list[str]:
    """The regions in which a component works all the time, `home` first."""
    uses = a.regions_of(a.components[name])
    return sorted((id_ for id_, role in uses.items() if role == "active"), key=lambda id_: id_ != HOME)
