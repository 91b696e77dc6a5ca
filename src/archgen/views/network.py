"""The network view: account or project, region, network, zones, and subnets with their ranges and components.

The grid is that of the last phase, so that its shape is the same in all phases: components of later phases are drawn in place, as planned.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from archgen.analysis.crossings import crossings
from archgen.analysis.ways import links_of
from archgen.draw.graph import Edge, Graph, Group, LeftOut, Node
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE, Component, Member
from archgen.model.connections import Connection
from archgen.model.per_cloud import NetworkFacts
from archgen.model.wording import listed
from archgen.views import _around as around
from archgen.views import _links as links
from archgen.views import _regions as regions
from archgen.views._parts import edge_of, icon_of, meaning_of, member_node, product_node
from archgen.views._reached import distances, shown

TITLE = "Network"
ORDER = 30
PART = ("network",)
_TALLEST = 7  # nodes in one column
# Letters between two columns of services, for a few and for many; longer labels are in the table below the picture.
_LONGEST_LABEL, _LONGEST_OF_MANY = 12, 6
_MANY = 20  # components
_LONGEST_TOGETHER = 22  # letters of the labels of several connections on one line
QUESTION = "What sits in which zone and subnet, and how does traffic get in and out?"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A member of a component, its tier, and whether it is only planned."""

    component: str
    member: Member
    tier: str
    planned: bool

    @property
    def id(self) -> str:
        return f"{self.component}-{self.member.id}-{self.member.zone + 1}"


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """The network at the coordinate, on the grid of `horizon`."""
    drawing = _Network(architecture, horizon)
    return Graph(
        name="network",
        title=f"{TITLE}, {architecture.facts.name}, {architecture.environment.name.lower()}",
        description=" ".join(part for part in drawing.description() if part),
        theme=architecture.facts.base,
        layout="grid",
        root=drawing.root(),
        edges=tuple(drawing.edges()),
        left_out=tuple(drawing.left_out()),
    )


def _describe(a: Architecture) -> str:
    place = f"{a.facts.home_label} {a.home_title} in region {a.cloud.region}"
    if not a.tiers:
        return f"{place}, without a network."
    zones = f"{len(a.zones)} zone{'' if len(a.zones) == 1 else 's'}"
    tiers = ", ".join(tier.name.lower() for tier in a.tiers.values())
    return f"{place}: the {a.facts.network_label} {a.cidr} over {zones} with the tiers {tiers}."


class _Network:
    def __init__(self, architecture: Architecture, horizon: Architecture) -> None:
        self.now = architecture
        self.last = horizon
        self.facts = architecture.facts
        # In the order of the last phase, followed by components that it drops.
        self.names = [*horizon.components, *(n for n in architecture.components if n not in horizon.components)]
        self.placed = list(self._members())
        self.shown = shown(self._sources())
        self.crossings = crossings(architecture)
        drawn = [name for name in self.names if name in self.shown or any(p.component == name for p in self.placed)]
        self.elsewhere = regions.instances(self._sources(), architecture, drawn)
        self.used = any(self._place(name) in self.now.tiers for name in self.names)

    def description(self) -> tuple[str, ...]:
        """Sentences about the place, other regions, what links join, the way out, and what lines and places stand for."""
        return (
            _describe(self.now),
            regions.said(self.now, self.elsewhere),
            links.said(self.now, self.shown),
            links.unknown_ways(self.now, self.crossings),
            self.way_out(),
            self._first_copies(),
            self._above_zones(),
            self.guessed(),
        )

    def _first_copies(self) -> str:
        """A sentence if lines begin at one of several copies only."""
        many = [n for n in self.now.components if len([p for p in self.placed if p.component == n]) > 1]
        hosts = {self._host(c.tail) or c.tail for c in self.now.traffic if not c.by_api}
        return "Lines from the copies in one zone stand for those of all copies." if hosts & set(many) else ""

    def _above_zones(self) -> str:
        """A sentence about what is in a tier, but drawn above the zones, because the model states no copies in them."""
        if self.facts.subnet_scope != "zone":
            return ""
        found = {tier: [n.label for n in self._singles(tier)] for tier in self.now.tiers}
        parts = [f"{listed(titles)} in {self.now.tiers[tier].name}" for tier, titles in found.items() if titles]
        return f"Drawn above the zones: {', '.join(parts)}." if parts else ""

    # -- components ----------------------------------------------------------------------------------

    def _source(self, name: str) -> Architecture:
        """The architecture to draw a component from: today's if it has the component, the last phase's otherwise."""
        return self.now if name in self.now.components else self.last

    def _sources(self) -> dict[str, Architecture]:
        return {name: self._source(name) for name in self.names}

    def _component(self, name: str) -> Component:
        return self._source(name).components[name]

    def _place(self, name: str) -> str:
        return self._source(name).place(self._component(name))

    def _members(self) -> Iterator[_Placed]:
        for name in self.names:
            sources = [a for a in (self.now, self.last) if name in a.components]
            seen: set[tuple[str, int]] = set()
            for source in sources:
                component = source.components[name]
                tier = component.tier_of_members() or source.place(component)
                if tier not in self.now.tiers:
                    continue
                for member in source.members(name):
                    if (member.id, member.zone) not in seen:
                        seen.add((member.id, member.zone))
                        yield _Placed(name, member, tier, planned=source is not self.now)

    def _single(self, name: str) -> Node:
        return product_node(self._source(name), name, planned=name not in self.now.components)

    def _singles(self, place: str) -> list[Node]:
        """The components of a place that are drawn once: those that have no members in zones, run on nothing, and have no other home."""
        zonal = {p.component for p in self.placed}
        return [
            self._single(name)
            for name in self.names
            if self._place(name) == place
            and (place in self.now.tiers or self._source(name).other_home(self._component(name)) is None)
            and (name not in zonal or self._component(name).tier_of_members())
            and (name in zonal or name in self.shown)
            and regions.is_at_home(self._source(name), name)
        ]

    # -- groups --------------------------------------------------------------------------------------

    def root(self) -> Group:
        outside = self._singles(OUTSIDE)
        edge = sorted(self._singles(EDGE), key=lambda node: not self._leads_in(node.id))
        cloud: list[Node | Group] = []
        if edge:
            cloud.append(Group("edge", "Edge (global)", "edge", tuple(edge)))
        closed = links.other_environments(self.now, self.shown)
        apart = [instance for instance in self.elsewhere if not self._is_spanned(instance)]
        cloud += around.homes(self.now, self.last, self._home(), self._elsewhere(), closed, apart)
        parts: list[Node | Group] = []
        joined = links.sites_joined(self.now, outside, self.shown)
        parts += around.outside(self.now, outside, self._component, joined)
        parts.append(Group("cloud", self.facts.cloud_label, "cloud", tuple(cloud), "column"))
        return Group("root", "", "none", tuple(parts), "column")

    def _leads_in(self, name: str) -> bool:
        """Whether something at the edge calls into the network, as a global load balancer does, so that it is better placed first."""
        source, clusters = self._source(name), {p.component for p in self.placed}
        heads = {c.head for c in source.traffic_from(name)}
        return any((self._component(head).runs_on or head) in clusters for head in heads)

    def _home(self) -> Group:
        account = self.now.home_number
        label = f"{self.facts.home_label} {self.now.home_title}{f' ({account})' if account else ''}"
        label = ", ".join((label, *(f"{word} {name}" for word, name in self.now.home_details.items())))
        managed = self._singles(MANAGED)
        network = self._vpc() if self.now.tiers and (self.used or not managed) else None
        services = self._services(managed) if network else self._by_distance(managed)
        inner = tuple(part for part in (network, services if managed else None) if part)
        if self.facts.network_scope == "global" and network:
            return Group("home", label, "home", inner, "row")
        region = Group("region", f"Region {self.now.cloud.region}", "region", inner, "row")
        return Group("home", label, "home", (region,), "column")

    def _services(self, managed: list[Node]) -> Group:
        return Group("services", "Regional services", "generic", tuple(managed), 1 if len(managed) < 6 else 2, "side")

    def _by_distance(self, managed: list[Node]) -> Group:
        """Services in columns, by how many connections they are from what calls them first."""
        away = distances(self._sources())
        columns: dict[int, list[Node]] = {}
        for node in managed:
            columns.setdefault(away.get(node.id, 0), []).append(node)
        groups = (Group(f"step-{n}", "", "none", tuple(columns[n]), _rows_of(columns[n])) for n in sorted(columns))
        return Group("services", "", "none", tuple(groups))

    def _elsewhere(self) -> dict[str, Node]:
        """The components in other accounts, projects or networks that the network has traffic with, as nodes by ID."""
        found = {}
        for name in self.names:
            source, component = self._source(name), self._component(name)
            in_tier = source.place(component) in self.now.tiers
            if name in self.shown and not in_tier and (source.other_home(component) or source.network_of(component)):
                found[name] = self._single(name)
        return found

    def left_out(self) -> Iterator[LeftOut]:
        """The components that are not drawn."""
        hosted: dict[str, list[str]] = {}
        absent, called = [], []
        for name in self.names:
            component = self._component(name)
            if name in self.shown or any(p.component == name for p in self.placed):
                continue
            if component.runs_on:
                hosted.setdefault(component.runs_on, []).append(component.title)
            elif any(self._is_hosted(c.tail) for c in self._source(name).traffic_to(name)):
                called.append(component.title)
            else:
                absent.append(component.title)
        for host, titles in hosted.items():
            what = f"what runs on {self._component(host).title} is drawn as its nodes, without lines to services of the region"
            yield LeftOut(tuple(titles), what)
        if called:
            yield LeftOut(tuple(called), "only clusters, and what runs on them, call them")
        if absent:
            what = "the network" if self.used else "these services"
            yield LeftOut(tuple(absent), f"no traffic of {what} passes through them")

    def _is_hosted(self, name: str) -> bool:
        """Whether a component runs on another one, or others run on it."""
        source = self._source(name)
        return bool(self._component(name).runs_on or next(source.guests(name), None))

    def _vpc(self) -> Group:
        name = f"{self.facts.network_label} {self.now.network_identifier}"
        if self.facts.subnet_scope == "zone":
            parts = [Group("zones", "", "none", tuple(self._zone(z) for z in range(len(self.now.zones))))]
        else:
            parts = [self._band(tier) for tier in self.now.tiers]
        if gateways := tuple(self._gateways()):
            parts.insert(0, Group("gateways", "", "none", gateways))
        if self.facts.network_scope == "region":
            return Group("network", f"{name} {self.now.cidr}", "network", tuple(parts), "column")
        region = Group("region", f"Region {self.now.cloud.region}", "region", tuple(parts), "column")
        others = around.in_regions(self.now, "network", self._spanned())
        return Group("network", name, "network", (region, *others), "column")

    def _spanned(self) -> dict[str, list[Node | Group]]:
        """By region: what is in the environment's own network in a region other than `home`, on a cloud whose networks span regions."""
        found: dict[str, list[Node | Group]] = {}
        for instance in self.elsewhere:
            if self._is_spanned(instance):
                found.setdefault(instance.region, []).append(instance.node)
        return found

    def _is_spanned(self, instance: regions.Instance) -> bool:
        component = self._component(instance.component)
        tier = component.tier_of_members() or self._place(instance.component)
        return self.facts.network_scope == "global" and not instance.place and tier in self.now.tiers

    def _gateways(self) -> Iterator[Node]:
        facts = self.now.network_facts(NetworkFacts)
        for gateway in facts.entries() if facts else ():
            yield self._gateway(gateway.id, gateway.product, gateway.note)
        if self.facts.subnet_scope == "zone":
            for tier in self.now.tiers:
                yield from self._singles(tier)
        for gateway in facts.exits() if facts else ():
            yield self._gateway(gateway.id, gateway.product, gateway.note)

    def _gateway(self, id_: str, product: str, note: str) -> Node:
        return Node(id_, self.now.catalog.products[product].short, icon_of(self.now, product), note)

    def _zone(self, zone: int) -> Group:
        name = self.now.zones[zone]
        tiers = tuple(self._subnet(tier, zone) for tier in self.now.tiers)
        return Group(f"zone-{zone + 1}", f"{self.facts.zone_label} {name}", "zone", tiers, "column", "zone")

    def _subnet(self, tier: str, zone: int) -> Group:
        facts = self.now.tiers[tier]
        cidr = next(s.cidr for s in self.now.subnets if s.tier == tier and s.zone == self.now.zones[zone])
        inside = list(self._nat(tier, zone)) + self._members_in(tier, zone)
        label = (
            f"{facts.label} subnet {cidr or 'does not fit'}"
            if facts.internet == "both"
            else f"{facts.label} {cidr or 'does not fit'}"
        )
        style = _subnet_style(facts.internet)
        return Group(f"{tier}-{zone + 1}", label, style, tuple(inside), _columns(inside), f"tier-{tier}")

    def _nat(self, tier: str, zone: int) -> Iterator[Node]:
        """NAT gateways: in the first tier that the internet reaches, in every zone or only in the first one."""
        first = next((name for name, t in self.now.tiers.items() if t.internet == "both"), None)
        if tier == first and zone in self._nat_zones():
            yield self._gateway(f"nat-{zone + 1}", self.facts.nat_product, "")

    def _nat_zones(self) -> range:
        """The positions of the zones with a NAT gateway; none if no tier sends traffic through one."""
        facts = self.now.network_facts(NetworkFacts)
        used = any(tier.internet == "outbound" for tier in self.now.tiers.values())
        return facts.nat_zones(len(self.now.zones)) if facts and used else range(0)

    def _band(self, tier: str) -> Group:
        """The group of a subnet that spans the zones of its region."""
        facts = self.now.tiers[tier]
        cidr = next(s.cidr for s in self.now.subnets if s.tier == tier)
        label = f"{facts.label} {self._range_word(tier)} {cidr or 'does not fit'}"
        singles = tuple(self._singles(tier))
        zones = tuple(self._zone_of_band(tier, zone, name) for zone, name in enumerate(self.now.zones))
        children: tuple[Node | Group, ...] = (*singles, *zones) if any(z.children for z in zones) else singles
        return Group(
            f"tier-{tier}",
            ", ".join(part for part in (label, self._tier_note(tier)) if part),
            _subnet_style(facts.internet),
            children,
            "row",
        )

    def _zone_of_band(self, tier: str, zone: int, name: str) -> Group:
        inside = self._members_in(tier, zone)
        return Group(
            f"{tier}-{zone + 1}", f"{self.facts.zone_label} {name}", "zone", tuple(inside), _columns(inside), "zone"
        )

    def _range_word(self, tier: str) -> str:
        """ "range" for a tier that the cloud's managed services use, since they get a range; else the cloud's word for a subnet."""
        facts = self.now.network_facts(NetworkFacts)
        return "range" if facts and facts.only_reserves(tier) else self.facts.subnet_label

    def guessed(self) -> str:
        """Sentences about what is drawn although the model does not state it: gateways, and zones; empty if there is nothing of that."""
        zones = len(self.now.zones)
        drawn: dict[str, set[int]] = {}
        for p in self.placed:
            drawn.setdefault(p.component, set()).add(p.member.zone)
        titles = [
            self._component(name).title
            for name, found in drawn.items()
            if len(found) < zones and not self._component(name).zones
        ]
        said = ""
        unstated = self.now.tree.get(("network", self.now.coordinate.cloud)) is None and not self.now.document.terraform
        facts = self.now.network_facts(NetworkFacts)
        if unstated and facts and self.now.tiers and (*facts.entries(), *facts.exits(), *self._nat_zones()):
            said = "The model does not state the network's gateways: they are drawn as archgen's defaults have them. "
        if not titles:
            return said.strip()
        return f"{said}The model does not state the zones of {', '.join(titles)}: they are drawn in the first ones."

    def way_out(self) -> str:
        """A sentence about how traffic leaves the network, if its lines alone do not show it."""
        facts = self.now.network_facts(NetworkFacts)
        used = any(tier.internet == "outbound" for tier in self.now.tiers.values())
        own = facts.way_out() if facts and used else ""
        hub = links.out_through(self.now)[1]
        return hub or own or self._no_way_out()

    def _no_way_out(self) -> str:
        """A sentence if a tier has outbound traffic, but the model does not say how that leaves the network."""
        facts = self.now.network_facts(NetworkFacts)
        out = [tier.name for tier in self.now.tiers.values() if tier.internet == "outbound"]
        exits = facts and (facts.nat_zones(len(self.now.zones)) or any(e.leads_to == "internet" for e in facts.exits()))
        return "" if exits or not out else f"The model does not say how outbound traffic of {listed(out)} leaves."

    def _tier_note(self, tier: str) -> str:
        facts = self.now.network_facts(NetworkFacts)
        return facts.tier_note(tier) if facts else ""

    def _members_in(self, tier: str, zone: int) -> list[Node]:
        return [
            member_node(
                self.last if p.planned else self.now,
                p.component,
                p.member,
                p.id,
                planned=p.planned,
                titled=self._shares_product(p) or not p.member.note,
            )
            for p in self.placed
            if p.tier == tier and p.member.zone == zone
        ]

    def _shares_product(self, placed: _Placed) -> bool:
        """Whether the instances of another component have the same product or short name, so that it alone is ambiguous."""
        return any(
            other.component != placed.component
            and (other.member.product, other.member.nodes) == (placed.member.product, placed.member.nodes)
            and self._short(other.component) == self._short(placed.component)
            for other in self.placed
        )

    def _short(self, name: str) -> str:
        product = self._component(name).product
        return self.last.catalog.products[product].short if product else ""

    # -- edges ---------------------------------------------------------------------------------------

    def edges(self) -> Iterator[Edge]:
        """Today's calls between drawn components. Planned calls are in the picture of their phase."""
        root = self.root()
        drawn = {node.id for node in root.nodes()}
        lines: dict[
            tuple[str, str], list[tuple[Connection, bool]]
        ] = {}  # with whether it goes in the opposite direction
        first: set[tuple[str, str]] = set()  # one label is enough for all arrows of a fan
        for connection in self.now.traffic:
            if connection.by_api:
                continue
            ends = [(t, h) for t, h in self._ends(connection) if t in drawn and h in drawn]
            # A component that calls itself: its members in several zones call each other; one that is drawn once has a loop.
            if connection.tail != connection.head or len(ends) > 1:
                ends = [(t, h) for t, h in ends if t != h]
            # The ways of several connections may pass the same links in opposite directions, which is one line.
            turned = {end for end in ends if connection.id in self.crossings and end[::-1] in lines}
            first.update([end for end in ends if end not in lines and end not in turned][:1])
            for end in ends:
                lines.setdefault(end[::-1] if end in turned else end, []).append((connection, end in turned))
        edges = [self._edge(*end, connections, labeled=end in first) for end, connections in lines.items()]
        edges += list(regions.edges(self.now, self.elsewhere, drawn, self._at_home, self._passed_in))
        yield from edges
        yield from links.joins(self.now, root, edges)
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
        if not labeled or (not self.used and len(edge.label) > self._longest_label(connections)):
            edge = replace(edge, label="", detail=edge.detail or edge.label)
        return edge

    def _longest_label(self, connections: list[tuple[Connection, bool]]) -> int:
        """How long the label of a line may be in a picture without a network; 0 between services of the region if there are many."""
        if len(self.shown) <= _MANY:
            return _LONGEST_LABEL
        places = {self._place(end) for c, _turned in connections for end in (c.tail, c.head)}
        return 0 if places == {MANAGED} else _LONGEST_OF_MANY

    def _ways_out(self, drawn: set[str]) -> Iterator[Edge]:
        """Lines from subnets to the gateways through which their traffic leaves, and from endpoints to services.

        Gateways have no lines to each other: the description has a sentence about them, and the lines would cross everything.
        """
        groups = {group.id for group in self.root().groups()}
        facts = self.now.network_facts(NetworkFacts)
        exits = [gateway for gateway in facts.exits() if gateway.id in drawn] if facts else []
        out = [tier for tier, stated in self.now.tiers.items() if stated.internet == "outbound"]
        for gateway in exits:
            if gateway.leads_to == "internet":
                ways = [(f"tier-{tier}", gateway.id) for tier in out]
            else:
                ways = [(gateway.id, "services")] if gateway.leads_to == "services" else []
            for tail, head in ways:
                if {tail, head} <= groups | drawn:
                    what = "outbound traffic" if gateway.leads_to == "internet" else "private connections"
                    yield Edge(f"{tail}--{head}", tail, head, "", what, meaning="route")
        first = links.out_through(self.now)[0][:1]
        for tier in out if set(first) <= drawn else ():
            tails = [t for t in (f"tier-{tier}", f"{tier}-1") if t in groups]
            yield from (
                Edge(f"{tail}--{head}", tail, head, "", "outbound traffic", meaning="route")
                for tail in tails[:1]
                for head in first
            )
        for zone in range(1, len(self.now.zones) + 1):
            for tier in out if f"nat-{zone}" in drawn else ():
                ends = f"{tier}-{zone}", f"nat-{zone}"
                yield Edge("--".join(ends), *ends, "", "outbound traffic", meaning="route")

    def _ends(self, connection: Connection) -> Iterator[tuple[str, str]]:
        """The drawn ends of a call. What runs on a cluster is drawn as the cluster's nodes, which call nodes of their zone."""
        tail_on, head_on = self._host(connection.tail), self._host(connection.head)
        if tail_on and tail_on == head_on:
            return
        passed = links.passed(self.crossings, connection.id, [self.now.coordinate.environment])
        if tail_on and not passed and self._place(connection.head) in (EDGE, MANAGED, OUTSIDE):
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
        tier = self.now.tiers.get(self._place(connection.head))
        facts = self.now.network_facts(NetworkFacts)
        if not (facts and tier and tier.internet == "both" and self._is_from_internet(connection.tail)):
            return ()
        return tuple(gateway.id for gateway in facts.entries())[:1]

    def _is_from_internet(self, name: str) -> bool:
        """Whether requests of a component come from the internet: it is there, or a firewall of the region inspects such requests."""
        place = self._place(name)
        if place in (EDGE, OUTSIDE):
            source = self._source(name)
            return source.site_of(self._component(name)) not in links_of(source).near
        inspects = place == MANAGED and self._component(name).firewall
        return inspects and any(self._is_from_internet(c.tail) for c in self._source(name).traffic_to(name))

    def _drawn_nodes(self, name: str) -> list[tuple[str, int | None]]:
        host = self._host(name)
        target = host or name
        members = [p for p in self.placed if p.component == target and p.member.primary and not p.planned]
        if host or not self._component(target).tier_of_members():
            return [(p.id, p.member.zone) for p in members] or [(target, None)]
        return [(target, None)]

    def _at_home(self, name: str) -> list[str]:
        """The IDs of the nodes that stand for a component in the region `home`."""
        return [node for node, _zone in self._drawn_nodes(name)]

    def _passed_in(self, connection: str, region: str) -> tuple[str, ...]:
        """What a connection passes on its way from a region other than `home`."""
        networks = [id_ for id_, network in self.now.document.networks.items() if network.region == region]
        return links.passed(self.crossings, connection, networks)

    def _host(self, name: str) -> str | None:
        """What a component runs on, if that is drawn instead of it."""
        return None if name in self.shown else self._component(name).runs_on

    def _replication(self) -> Iterator[Edge]:
        """Edges from a database's primary to its standby, which replicates synchronously."""
        for p in self.placed:
            if p.member.note == "standby" and not p.planned:
                primary = next(o for o in self.placed if o.component == p.component and o.member.primary)
                yield Edge(f"{primary.id}--{p.id}", primary.id, p.id, "sync", "synchronous replication", meaning="copy")


def _rows_of(nodes: list[Node]) -> Literal["column"] | int:
    """One column for a few nodes, several for more: the picture would be too tall otherwise."""
    return "column" if len(nodes) <= _TALLEST else -(-len(nodes) // _TALLEST)


def _columns(nodes: list[Node]) -> Literal["row"] | int:
    """One row for up to two nodes, two columns for more: three zones would be too wide for a page otherwise."""
    return "row" if len(nodes) <= 2 else 2


def _subnet_style(internet: str) -> str:
    return "public-subnet" if internet == "both" else "private-subnet"
