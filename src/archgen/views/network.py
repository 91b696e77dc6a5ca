"""The network view: account or project, region, network, zones, and subnets with their ranges and components.

The grid is that of the last phase, so that its shape is the same in all phases: components of later phases are drawn in place, as planned.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from archgen.analysis.ways import links_of
from archgen.draw.graph import Edge, Graph, LeftOut
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE
from archgen.model.connections import Connection
from archgen.model.per_cloud import NetworkFacts
from archgen.model.wording import listed
from archgen.views import _links as links
from archgen.views import _regions as regions
from archgen.views._parts import edge_of, meaning_of
from archgen.views._places import Places

TITLE = "Network"
ORDER = 30
PART = ("network",)
# Letters between two columns of services, for a few and for many; longer labels are in the table below the picture.
_LONGEST_LABEL, _LONGEST_OF_MANY = 12, 6
_MANY = 20  # components
_LONGEST_TOGETHER = 22  # letters of the labels of several connections on one line
QUESTION = "What sits in which zone and subnet, and how does traffic get in and out?"


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """The network at the coordinate, on the grid of `horizon`."""
    places = Places(architecture, horizon)
    captions = _Captions(places)
    return Graph(
        name="network",
        title=f"{TITLE}, {architecture.facts.name}, {architecture.environment.name.lower()}",
        description=" ".join(part for part in captions.description() if part),
        theme=architecture.facts.base,
        layout="grid",
        root=places.root(),
        edges=tuple(_Lines(places).edges()),
        left_out=tuple(captions.left_out()),
    )


def _describe(a: Architecture) -> str:
    place = f"{a.facts.home_label} {a.home_title} in region {a.cloud.region}"
    if not a.tiers:
        return f"{place}, without a network."
    zones = f"{len(a.zones)} zone{'' if len(a.zones) == 1 else 's'}"
    tiers = ", ".join(tier.name.lower() for tier in a.tiers.values())
    if a.facts.network_scope == "region":
        return f"{place}: the {a.facts.network_label} {a.cidr} over {zones} with the tiers {tiers}."
    # A network that spans all regions has no address range; its subnets do.
    return f"{place}: the {a.facts.network_label} over {zones} with the tiers {tiers}, and subnets in {a.cidr}."


class _Captions:
    """What the text below the picture says: about places, ways in and out, and what is not drawn."""

    def __init__(self, places: Places) -> None:
        self.at = places

    def description(self) -> tuple[str, ...]:
        """Sentences about the place, other regions, what links join, the way out, and what lines and places stand for."""
        return (
            _describe(self.at.now),
            regions.said(self.at.now, self.at.elsewhere),
            links.said(self.at.now, self.at.shown),
            links.unknown_ways(self.at.now, self.at.crossings),
            self.way_out(),
            self._first_copies(),
            self._above_zones(),
            self.guessed(),
        )

    def _first_copies(self) -> str:
        """A sentence if lines begin at one of several copies only."""
        many = [n for n in self.at.now.components if len([p for p in self.at.placed if p.component == n]) > 1]
        hosts = {self.at.host(c.tail) or c.tail for c in self.at.now.traffic if not c.by_api}
        return "Lines from the copies in one zone stand for those of all copies." if hosts & set(many) else ""

    def _above_zones(self) -> str:
        """A sentence about what is in a tier, but drawn above the zones, because the model states no copies in them."""
        if self.at.facts.subnet_scope != "zone":
            return ""
        found = {tier: [n.label for n in self.at.singles(tier)] for tier in self.at.now.tiers}
        parts = [f"{listed(titles)} in {self.at.now.tiers[tier].name}" for tier, titles in found.items() if titles]
        return f"Drawn above the zones: {', '.join(parts)}." if parts else ""

    def guessed(self) -> str:
        """Sentences about what is drawn although the model does not state it: gateways, and zones; empty if there is nothing of that."""
        zones = len(self.at.now.zones)
        drawn: dict[str, set[int]] = {}
        for p in self.at.placed:
            drawn.setdefault(p.component, set()).add(p.member.zone)
        titles = [
            self.at.component(name).title
            for name, found in drawn.items()
            if len(found) < zones and not self.at.component(name).zones
        ]
        said = ""
        unstated = (
            self.at.now.tree.get(("network", self.at.now.coordinate.cloud)) is None
            and not self.at.now.document.terraform
        )
        facts = self.at.now.network_facts(NetworkFacts)
        if unstated and facts and self.at.now.tiers and (*facts.entries(), *facts.exits(), *self.at.nat_zones()):
            said = "The model does not state the network's gateways: they are drawn as archgen's defaults have them. "
        if not titles:
            return said.strip()
        return f"{said}The model does not state the zones of {', '.join(titles)}: they are drawn in the first ones."

    def way_out(self) -> str:
        """A sentence about how traffic leaves the network, if its lines alone do not show it."""
        facts = self.at.now.network_facts(NetworkFacts)
        own = facts.way_out() if facts and (self.at.outbound() or self.at.nat_zones()) else ""
        hub = links.out_through(self.at.now)[1]
        return hub or own or self._no_way_out()

    def _no_way_out(self) -> str:
        """A sentence if a tier has outbound traffic, but the model does not say how that leaves the network."""
        facts = self.at.now.network_facts(NetworkFacts)
        out = [self.at.now.tiers[id_].name for id_ in self.at.outbound()]
        exits = facts and (
            facts.nat_zones(len(self.at.now.zones)) or any(e.leads_to == "internet" for e in facts.exits())
        )
        return "" if exits or not out else f"The model does not say how outbound traffic of {listed(out)} leaves."

    def left_out(self) -> Iterator[LeftOut]:
        """The components that are not drawn."""
        hosted: dict[str, list[str]] = {}
        called, absent = [], []
        for name in self.at.names:
            component = self.at.component(name)
            if name in self.at.shown or any(p.component == name for p in self.at.placed):
                continue
            if component.runs_on:
                hosted.setdefault(component.runs_on, []).append(component.title)
            elif self._is_called_by_hosts_only(name):
                called.append(component.title)
            else:
                absent.append(component.title)
        for host, titles in hosted.items():
            what = f"what runs on {self.at.component(host).title} is drawn as its nodes, without lines to services outside the network"
            yield LeftOut(tuple(titles), what)
        if called:
            yield LeftOut(tuple(called), "only clusters, or what runs on them, have traffic with them")
        if absent:
            what = "the network" if self.at.used else "these services"
            yield LeftOut(tuple(absent), f"no traffic of {what} passes through them")

    def _is_called_by_hosts_only(self, name: str) -> bool:
        """Whether everything that has traffic with a component runs on something, or has something running on it."""
        source = self.at.source(name)
        near = {c.tail for c in source.traffic_to(name)} | {c.head for c in source.traffic_from(name)}
        return bool(near) and all(self._is_hosted(end) for end in near - {name})

    def _is_hosted(self, name: str) -> bool:
        """Whether a component runs on another one, or others run on it."""
        return bool(self.at.component(name).runs_on or next(self.at.source(name).guests(name), None))


class _Lines:
    """The lines of the picture: calls, the ways over links and gateways, and copies."""

    def __init__(self, places: Places) -> None:
        self.at = places

    def edges(self) -> Iterator[Edge]:
        """Today's calls between drawn components. Planned calls are in the picture of their phase."""
        root = self.at.root()
        drawn = {node.id for node in root.nodes()}
        lines: dict[
            tuple[str, str], list[tuple[Connection, bool]]
        ] = {}  # with whether it goes in the opposite direction
        first: set[tuple[str, str]] = set()  # one label is enough for all arrows of a fan
        for connection in self.at.now.traffic:
            if connection.by_api:
                continue
            ends = [(t, h) for t, h in self._ends(connection) if t in drawn and h in drawn]
            # A component that calls itself: its members in several zones call each other; one that is drawn once has a loop.
            if connection.tail != connection.head or len(ends) > 1:
                ends = [(t, h) for t, h in ends if t != h]
            # The ways of several connections may pass the same links in opposite directions, which is one line.
            turned = {end for end in ends if connection.id in self.at.crossings and end[::-1] in lines}
            first.update([end for end in ends if end not in lines and end not in turned][:1])
            for end in ends:
                lines.setdefault(end[::-1] if end in turned else end, []).append((connection, end in turned))
        edges = [self._edge(*end, connections, labeled=end in first) for end, connections in lines.items()]
        edges += list(regions.edges(self.at.now, self.at.elsewhere, drawn, self._at_home, self._passed_in))
        yield from edges
        yield from links.joins(self.at.now, root, edges)
        yield from self._replication()
        yield from self._ways_out(drawn)

    def _edge(self, tail: str, head: str, connections: list[tuple[Connection, bool]], *, labeled: bool) -> Edge:
        """One line for all connections between two nodes: with an arrow at both ends if their data goes both ways together."""
        meaning = meaning_of(c for c, _turned in connections)
        edges = [edge_of(f"{tail}--{head}", tail, head, c.call, meaning=meaning) for c, _turned in connections]
        edge = edges[0]
        ways = {(c.data or "sent", turned and c.data != "both") for c, turned in connections}
        if len(ways) > 1:
            callers = {turned for _c, turned in connections}
            caller: Literal["", "tail", "head"] = "" if len(callers) > 1 else "head" if True in callers else "tail"
            edge = replace(edge, tail=tail, head=head, both=True, caller=caller)
        if len(edges) > 1:
            parts = dict.fromkeys(part for one in edges for part in (one.label, one.detail) if part)
            short = ", ".join(dict.fromkeys(one.label for one in edges if one.label))
            label = short if len(short) <= _LONGEST_TOGETHER else edge.label
            edge = replace(edge, label=label, detail=", ".join(part for part in parts if part != label))
        if not labeled or (not self.at.used and len(edge.label) > self._longest_label(connections)):
            edge = replace(edge, label="", detail=edge.detail or edge.label)
        return edge

    def _longest_label(self, connections: list[tuple[Connection, bool]]) -> int:
        """How long the label of a line may be in a picture without a network; 0 between services of the region if there are many."""
        if len(self.at.shown) <= _MANY:
            return _LONGEST_LABEL
        places = {self.at.place(end) for c, _turned in connections for end in (c.tail, c.head)}
        return 0 if places == {MANAGED} else _LONGEST_OF_MANY

    def _ways_out(self, drawn: set[str]) -> Iterator[Edge]:
        """Lines from subnets to the gateways through which their traffic leaves, and from endpoints to services.

        Gateways have no lines to each other: the description has a sentence about them, and the lines would cross everything.
        """
        groups = {group.id for group in self.at.root().groups()}
        facts = self.at.now.network_facts(NetworkFacts)
        exits = [gateway for gateway in facts.exits() if gateway.id in drawn] if facts else []
        out = self.at.outbound()
        for gateway in exits:
            if gateway.leads_to == "internet":
                ways = [(f"tier-{tier}", gateway.id) for tier in out]
            else:
                ways = [(gateway.id, "services")] if gateway.leads_to == "services" else []
            for tail, head in ways:
                if {tail, head} <= groups | drawn:
                    what = "outbound traffic" if gateway.leads_to == "internet" else "private connections"
                    yield Edge(f"{tail}--{head}", tail, head, "", what, meaning="route")
        first = links.out_through(self.at.now)[0][:1]
        for tier in out if set(first) <= drawn else ():
            tails = [t for t in (f"tier-{tier}", f"{tier}-1") if t in groups]
            yield from (
                Edge(f"{tail}--{head}", tail, head, "", "outbound traffic", meaning="route")
                for tail in tails[:1]
                for head in first
            )
        for zone in range(1, len(self.at.now.zones) + 1):
            for tier in out if f"nat-{zone}" in drawn else ():
                ends = f"{tier}-{zone}", f"nat-{zone}"
                yield Edge("--".join(ends), *ends, "", "outbound traffic", meaning="route")

    def _ends(self, connection: Connection) -> Iterator[tuple[str, str]]:
        """The drawn ends of a call. What runs on a cluster is drawn as the cluster's nodes, which call nodes of their zone."""
        tail_on, head_on = self.at.host(connection.tail), self.at.host(connection.head)
        if tail_on and tail_on == head_on:
            return
        passed = links.passed(self.at.crossings, connection.id, [self.at.now.coordinate.environment])
        if tail_on and not passed and self.at.place(connection.head) in (EDGE, MANAGED, OUTSIDE):
            return  # calls to services leave through endpoints or NAT; too many arrows to draw
        tails, heads = self._drawn_nodes(connection.tail), self._drawn_nodes(connection.head)
        if len(tails) > 1:
            zone = heads[0][1]
            tails = [t for t in tails if t[1] == (zone if zone is not None else 0)]
        for tail, _zone in tails:
            for head, _zone in heads:
                way = (tail, *(passed or self._entry(connection)), head)
                yield from itertools.pairwise(way)

    def _entry(self, connection: Connection) -> tuple[str, ...]:
        """The gateway through which a connection from the internet enters the network; empty for any other connection."""
        tier = self.at.now.tiers.get(self.at.place(connection.head))
        facts = self.at.now.network_facts(NetworkFacts)
        if not (facts and tier and tier.internet == "both" and self._is_from_internet(connection.tail)):
            return ()
        return tuple(gateway.id for gateway in facts.entries())[:1]

    def _is_from_internet(self, name: str) -> bool:
        """Whether requests of a component come from the internet: it is there, or a firewall of the region inspects such requests."""
        place = self.at.place(name)
        if place in (EDGE, OUTSIDE):
            source = self.at.source(name)
            return source.site_of(self.at.component(name)) not in links_of(source).near
        inspects = place == MANAGED and self.at.component(name).firewall
        return inspects and any(self._is_from_internet(c.tail) for c in self.at.source(name).traffic_to(name))

    def _drawn_nodes(self, name: str) -> list[tuple[str, int | None]]:
        host = self.at.host(name)
        target = host or name
        members = [p for p in self.at.placed if p.component == target and p.member.primary and not p.planned]
        if host or not self.at.component(target).tier_of_members():
            return [(p.id, p.member.zone) for p in members] or [(target, None)]
        return [(target, None)]

    def _at_home(self, name: str) -> list[str]:
        """The IDs of the nodes that stand for a component in the region `home`."""
        return [node for node, _zone in self._drawn_nodes(name)]

    def _passed_in(self, connection: str, region: str) -> tuple[str, ...]:
        """What a connection passes on its way from a region other than `home`."""
        networks = [id_ for id_, network in self.at.now.document.networks.items() if network.region == region]
        return links.passed(self.at.crossings, connection, networks)

    def _replication(self) -> Iterator[Edge]:
        """Edges from a database's primary to its standby, which replicates synchronously."""
        for p in self.at.placed:
            if p.member.note == "standby" and not p.planned:
                primary = next(o for o in self.at.placed if o.component == p.component and o.member.primary)
                yield Edge(f"{primary.id}--{p.id}", primary.id, p.id, "sync", "synchronous replication", meaning="copy")
