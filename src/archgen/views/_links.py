"""What the network view draws of links: their lines to what they join, the networks of other environments, and the ways of connections."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from archgen.analysis.crossings import Crossing
from archgen.analysis.ways import Links, links_of
from archgen.draw.graph import Edge, Group, Node
from archgen.model.architecture import Architecture
from archgen.model.wording import listed


def passed(crossings: Mapping[str, Crossing], connection: str, networks: Collection[str]) -> tuple[str, ...]:
    """The components that the shortest way of a connection passes, for its caller in one of some networks; none if that needs no way."""
    crossing = crossings.get(connection)
    if crossing is None:
        return ()
    ends = [
        pair
        for pair in crossing.ends
        if (len(crossing.ends) == 1 and not crossing.local) or set(pair[0]) & set(networks)
    ]
    ways = [way for pair in ends for way in crossing.links.ways(*pair)[:1]]
    return tuple(crossing.passed(ways[0])) if ways else ()


def out_through(a: Architecture) -> tuple[list[str], str]:
    """What outbound traffic of the network passes on its way to the internet, and a sentence about it.

    Empty if the network has its own way out, and if there is no way to the network through which it leads.
    """
    network = a.document.network
    hub = network.internet_through if network else None
    if hub is None:
        return [], ""
    links = links_of(a)
    ways = links.ways([a.coordinate.environment], [hub])
    if not ways:
        return [], f"No link leads to {a.place_name(hub)}, through which outbound traffic would leave."
    passed = list(dict.fromkeys([*links.passed(ways[0]), *([links.routed_by[hub]] if hub in links.routed_by else [])]))
    over = listed(a.components[name].title for name in passed)
    return passed, f"Outbound traffic reaches the internet through {over}, in {a.place_name(hub)}."


def other_environments(a: Architecture, shown: Collection[str]) -> dict[str, list[Group]]:
    """Closed boxes for the networks of other environments that a link joins, by the account or project that they are in."""
    links, boxes = links_of(a), dict[str, list[Group]]()
    for id_, environment in a.document.environments.items():
        home = environment.on(a.coordinate.cloud)
        if home and id_ != a.coordinate.environment and set(links.near.get(id_, ())) & set(shown):
            parts = (a.facts.network_label, environment.name, home.cidr or "")
            label = " ".join(part for part in parts if part)
            boxes.setdefault(home.id, []).append(Group(f"network-{id_}", label, "network", (), closed=True))
    return boxes


def joins(a: Architecture, root: Group, drawn: Iterable[Edge]) -> Iterator[Edge]:
    """A line between each link and all that it joins, unless another line leads from it to something there."""
    links, groups = links_of(a), {group.id: group for group in root.groups()}
    nodes = {node.id for node in root.nodes()}
    lines = {frozenset((edge.tail, edge.head)) for edge in drawn}
    done: set[frozenset[str]] = set()
    for name, link in links.links.items():
        for end in links.near[name]:
            other = _drawn(a, links, end, groups)
            inside = {other, *(node.id for node in groups[other].nodes())} if other in groups else {other}
            pair = frozenset((name, other))
            if name not in nodes or not inside & {*nodes, *groups} or pair in done:
                continue
            done.add(pair)
            if not any(frozenset((name, id_)) in lines for id_ in inside):
                yield Edge(
                    f"{name}--{other}",
                    name,
                    other,
                    "",
                    f"{link.component.title} leads there",
                    both=True,
                    meaning="route",
                )


def _drawn(a: Architecture, links: Links, id_: str, groups: Mapping[str, Group]) -> str:
    """The ID under which a place or a link is drawn."""
    if id_ in links.links:
        return id_
    if id_ == a.coordinate.environment:
        return "network"
    return f"site-{id_}" if id_ in a.document.sites else f"network-{id_}"


def sites_joined(a: Architecture, nodes: Iterable[Node], shown: Collection[str]) -> list[str]:
    """The sites that a drawn link joins although nothing at them is drawn."""
    links = links_of(a)
    filled = {a.site_of(a.components[node.id]) for node in nodes if node.id in a.components}
    return [id_ for id_ in a.document.sites if id_ not in filled and set(links.near.get(id_, ())) & set(shown)]


def said(a: Architecture, shown: Collection[str]) -> str:
    """Sentences about what the drawn links join; empty if there are none."""
    links = links_of(a)
    sentences = []
    for name, link in links.links.items():
        if name in shown:
            ends = [_name(a, links, end) for end in links.near[name]]
            apart = [_name(a, links, id_) for id_ in link.apart]
            but = f" and keeps {listed(apart)} apart" if apart else ""
            sentences.append(f"{link.component.title} joins {listed(ends)}{but}.")
    return " ".join(sentences)


def unknown_ways(a: Architecture, crossings: Mapping[str, Crossing]) -> str:
    """A sentence about the connections between networks and sites to which no link leads; empty if there are none."""
    pairs = [
        f"{a.components[c.connection.tail].title} reaches {a.components[c.connection.head].title}"
        for c in crossings.values()
        if not c.ways
    ]
    return f"The model does not state over what {listed(dict.fromkeys(pairs))}." if pairs else ""


def _name(a: Architecture, links: Links, id_: str) -> str:
    return links.links[id_].component.title if id_ in links.links else a.place_name(id_)
