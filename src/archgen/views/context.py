"""The high-level view: the path of a request from outside through the edge and the application to the data."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.reached import reached
from archgen.draw.graph import Graph, Group, LeftOut, Node
from archgen.kinds.cluster_add_on import ClusterAddOn
from archgen.kinds.remote_access import RemoteAccess
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE
from archgen.model.links import links
from archgen.views._parts import edge_of, meaning_of, node_of

TITLE = "High-level view"
ORDER = 0
PART = ("components",)
QUESTION = "How does a request travel from a browser to the data, and what monitors it?"


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Everything that actors reach, and everything that whole segments of the network call.

    Only what exists at the coordinate: `horizon` is not used, since this view has no fixed grid.
    """
    shown = reached(architecture)
    groups: dict[str, list[Node]] = {}
    for name in architecture.components:
        if name in shown:
            groups.setdefault(_group(architecture, name), []).append(node_of(architecture, name))
    names = {OUTSIDE: _outside(architecture, shown), EDGE: "Edge"}
    names |= {f"site-{id_}": site.name for id_, site in architecture.document.sites.items()}
    inside = _segments(architecture)
    cloud = [
        Group(f"segment-{id_}", inside[id_], _style(architecture, id_), tuple(groups[id_]))
        for id_ in inside
        if id_ in groups
    ]
    parts: list[Group | Node] = []
    for id_, name in names.items():
        if id_ in groups:
            parts.append(Group(f"group-{id_}", name, "edge" if id_ == EDGE else "outside", tuple(groups[id_])))
    if inner := (*cloud, *groups.get(MANAGED, ())):
        parts.append(Group("cloud", architecture.facts.cloud_label, "cloud", inner))
    drawn = {group.id for group in cloud}
    replaced = {id_ for c in architecture.connections for id_ in c.call.drawn_instead_of}
    edges = [
        edge_of(c.id, f"segment-{c.tail}" if c.from_segment else c.tail, c.head, c.call, meaning=meaning_of([c]))
        for c in architecture.connections
        if c.id not in replaced
        and c.kind != "control"
        and c.head in shown
        and (f"segment-{c.tail}" in drawn if c.from_segment else c.tail in shown)
    ]
    return Graph(
        name="context",
        title=f"{TITLE}, {architecture.facts.name}",
        description=_describe(architecture, shown),
        theme=architecture.facts.base,
        layout="flow",
        root=Group("root", "", "none", tuple(parts)),
        edges=tuple(edges),
        left_out=tuple(_left_out(architecture, shown)),
        turns=True,
    )


def _style(a: Architecture, id_: str) -> str:
    """The look of a box: a tier that is in no segment is a part of the network, and the others are networks."""
    tier = a.tiers.get(id_) if not (a.document.network and id_ in a.document.network.segments) else None
    return "network" if tier is None else "public-subnet" if tier.internet == "both" else "private-subnet"


def _left_out(a: Architecture, shown: set[str]) -> Iterator[LeftOut]:
    add_ons = [c.title for n, c in a.components.items() if n not in shown and isinstance(c, ClusterAddOn)]
    joining = [link.component.title for n, link in links(a.components).items() if n not in shown]
    managing = [
        c.title for n, c in a.components.items() if n not in shown and (c.person or isinstance(c, RemoteAccess))
    ]
    rest = {n: c for n, c in a.components.items() if n not in shown and n not in links(a.components)}
    others = [c.title for c in rest.values() if not isinstance(c, (ClusterAddOn, RemoteAccess)) and not c.person]
    if add_ons:
        yield LeftOut(tuple(add_ons), "add-ons of a cluster are in the picture of the platform")
    if joining:
        yield LeftOut(tuple(joining), "what joins networks and sites is in the picture of the network")
    if managing:
        yield LeftOut(
            tuple(managing), "people who manage the others, and their ways in, are in the picture of identity"
        )
    if others:
        yield LeftOut(tuple(others), "no request or event that starts outside reaches them")


def _outside(architecture: Architecture, shown: set[str]) -> str:
    """The name of the box around what is outside: people come from the internet, but a data center is not in it."""
    outside = [architecture.components[n] for n in shown if _group(architecture, n) == OUTSIDE]
    return "Internet" if all(component.person for component in outside) else "Outside"


def _group(architecture: Architecture, name: str) -> str:
    component = architecture.components[name]
    if site := architecture.site_of(component):
        return f"site-{site}"
    if network := architecture.network_of(component):
        return f"network-{network}"
    place = architecture.place(component)
    return _shown_in(architecture, name) or architecture.segment_of(place) or place


def _shown_in(architecture: Architecture, name: str) -> str | None:
    """The segment that shows a component although it may be elsewhere; None if none does."""
    segments = architecture.document.network.segments if architecture.document.network else {}
    return next((id_ for id_, segment in segments.items() if name in segment.also), None)


def _segments(architecture: Architecture) -> dict[str, str]:
    """Id to name of the boxes inside the cloud: the segments, then each tier that is in no segment, then further networks."""
    segments = architecture.document.network.segments if architecture.document.network else {}
    names = {id_: segment.name for id_, segment in segments.items()}
    for id_, tier in architecture.tiers.items():
        if architecture.segment_of(id_) is None:
            names[id_] = tier.name
    return names | {f"network-{id_}": network.name for id_, network in architecture.document.networks.items()}


def _describe(architecture: Architecture, shown: set[str]) -> str:
    place = f"{architecture.facts.full_name}, {architecture.environment.name.lower()}"
    only = (
        ""
        if len(shown) == len(architecture.components)
        else " Only what requests and events from outside reach is drawn."
    )
    return f"The parts of the architecture on {place}, and the connections between them.{only}{_reservations(architecture)}"


def _reservations(architecture: Architecture) -> str:
    """What the picture shows differently from how it is: groups that are named like networks, and lines that stand for others."""
    segments = architecture.document.network.segments.values() if architecture.document.network else ()
    boxes = [segment.name for segment in segments if segment.drawn_only]
    said = ""
    if boxes:
        said += f" {' and '.join(boxes)} {'is a group' if len(boxes) == 1 else 'are groups'} of tiers, not a network."
    for name, component in architecture.components.items():
        place, segment = architecture.place(component), _shown_in(architecture, name)
        if segment and architecture.document.network and segment != architecture.segment_of(place):
            where = "at the edge of the cloud" if place == EDGE else "elsewhere"
            box = architecture.document.network.segments[segment].name
            said += f" {component.title} is drawn in {box}, but is {where}."
    if any(connection.call.drawn_instead_of for connection in architecture.connections):
        said += " Some lines stand for other connections, which the page Connections lists."
    return said
