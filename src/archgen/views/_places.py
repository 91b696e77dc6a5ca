"""Where the network view draws what: sites, the edge, accounts, regions, networks, zones and subnets with their components."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from archgen.analysis.crossings import crossings
from archgen.analysis.ways import links_of
from archgen.draw.graph import Group, Node
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE, Component, Member
from archgen.model.per_cloud import NetworkFacts
from archgen.records import dataclass
from archgen.views import _around as around
from archgen.views import _links as links
from archgen.views import _regions as regions
from archgen.views._parts import icon_of, member_node, product_node
from archgen.views._reached import distances, shown

_TALLEST = 7  # nodes in one column


@dataclass(frozen=True, slots=True)
class Placed:
    """A member of a component, its tier, and whether it is only planned."""

    component: str
    member: Member
    tier: str
    planned: bool

    @property
    def id(self) -> str:
        """The ID of its node."""
        return f"{self.component}-{self.member.id}-{self.member.zone + 1}"


class Places:
    """The groups of the network view, on the grid of the last phase, and lookups of what is drawn in them."""

    def __init__(self, architecture: Architecture, horizon: Architecture) -> None:
        self.now = architecture
        self.last = horizon
        self.facts = architecture.facts
        # In the order of the last phase, followed by components that it drops.
        self.names = [*horizon.components, *(n for n in architecture.components if n not in horizon.components)]
        self.placed = list(self._members())
        self.shown = shown(self.sources())
        self.crossings = crossings(architecture)
        drawn = [name for name in self.names if name in self.shown or any(p.component == name for p in self.placed)]
        self.elsewhere = regions.instances(self.sources(), architecture, drawn)
        self.used = bool(self.placed) or any(self.place(name) in self.now.tiers for name in self.names)

    def source(self, name: str) -> Architecture:
        """The architecture to draw a component from: today's if it has the component, the last phase's otherwise."""
        return self.now if name in self.now.components else self.last

    def sources(self) -> dict[str, Architecture]:
        """Every component with the architecture to draw it from."""
        return {name: self.source(name) for name in self.names}

    def component(self, name: str) -> Component:
        """A component as it is drawn."""
        return self.source(name).components[name]

    def place(self, name: str) -> str:
        """The placement of a component, as `Architecture.place` gives it."""
        return self.source(name).place(self.component(name))

    def _members(self) -> Iterator[Placed]:
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
                        yield Placed(name, member, tier, planned=source is not self.now)

    def _single(self, name: str) -> Node:
        return product_node(self.source(name), name, planned=name not in self.now.components)

    def singles(self, place: str) -> list[Node]:
        """The components of a place that are drawn once: those that have no members in zones, run on nothing, and have no other home."""
        zonal = {p.component for p in self.placed}
        return [
            self._single(name)
            for name in self.names
            if self.place(name) == place
            and (place in self.now.tiers or self.source(name).other_home(self.component(name)) is None)
            and (name not in zonal or self.component(name).tier_of_members())
            and (name in zonal or name in self.shown)
            and regions.is_at_home(self.source(name), name)
        ]

    def root(self) -> Group:
        """Everything that is drawn, in its groups."""
        outside = self.singles(OUTSIDE)
        edge = sorted(self.singles(EDGE), key=lambda node: not self._leads_in(node.id))
        cloud: list[Node | Group] = []
        if edge:
            cloud.append(Group("edge", "Edge (global)", "edge", tuple(edge)))
        if everywhere := self._global():
            cloud.append(Group("global", "Global services", "generic", tuple(everywhere)))
        closed = links.other_environments(self.now, self.shown)
        apart = [instance for instance in self.elsewhere if not self._is_spanned(instance)]
        cloud += around.homes(self.now, self.last, self._home(), self._elsewhere(), closed, apart)
        parts: list[Node | Group] = []
        joined = links.sites_joined(self.now, outside, self.shown)
        parts += around.outside(self.now, outside, self.component, joined)
        parts.append(Group("cloud", self.facts.cloud_label, "cloud", tuple(cloud), "column"))
        return Group("root", "", "none", tuple(parts), "column")

    def _global(self) -> list[Node]:
        """Services of the whole cloud, which are in no region."""
        return [node for node in self.singles(MANAGED) if self.source(node.id).is_global(self.component(node.id))]

    def _leads_in(self, name: str) -> bool:
        """Whether something at the edge calls into the network, as a global load balancer does, so that it is better placed first."""
        placed = {p.component for p in self.placed}
        heads = {c.head for c in self.source(name).traffic_from(name)}
        return any((self.component(head).runs_on or head) in placed for head in heads)

    def _home(self) -> Group:
        account = self.now.home_number
        label = f"{self.facts.home_label} {self.now.home_title}{f' ({account})' if account else ''}"
        label = ", ".join((label, *(f"{word} {name}" for word, name in self.now.home_details.items())))
        everywhere = {node.id for node in self._global()}
        managed = [node for node in self.singles(MANAGED) if node.id not in everywhere]
        is_joined = bool(links_of(self.now).near.get(self.now.coordinate.environment))
        network = self._vpc() if self.now.tiers and (self.used or is_joined or not managed) else None
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
        away = distances(self.sources())
        columns: dict[int, list[Node]] = {}
        for node in managed:
            columns.setdefault(away.get(node.id, 0), []).append(node)
        groups = (Group(f"step-{n}", "", "none", tuple(columns[n]), _rows_of(columns[n])) for n in sorted(columns))
        return Group("services", "", "none", tuple(groups))

    def _elsewhere(self) -> dict[str, Node]:
        """The components in other accounts, projects or networks that the network has traffic with, as nodes by ID."""
        found = {}
        for name in self.names:
            source, component = self.source(name), self.component(name)
            in_tier = source.place(component) in self.now.tiers
            if name in self.shown and not in_tier and (source.other_home(component) or source.network_of(component)):
                found[name] = self._single(name)
        return found

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
        component = self.component(instance.component)
        tier = component.tier_of_members() or self.place(instance.component)
        return self.facts.network_scope == "global" and not instance.place and tier in self.now.tiers

    def _gateways(self) -> Iterator[Node]:
        facts = self.now.network_facts(NetworkFacts)
        for gateway in facts.entries() if facts else ():
            yield self._gateway(gateway.id, gateway.product, gateway.note)
        if self.facts.subnet_scope == "zone":
            for tier in self.now.tiers:
                yield from self.singles(tier)
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
        if tier == first and zone in self.nat_zones():
            yield self._gateway(f"nat-{zone + 1}", self.facts.nat_product, "")

    def nat_zones(self) -> range:
        """The positions of the zones with a NAT gateway; none where gateways are only a default and no tier sends traffic through them."""
        facts, a = self.now.network_facts(NetworkFacts), self.now
        own = self.outbound() and not (a.document.network and a.document.network.internet_through)
        there = own or a.document.terraform or a.tree.get(("network", a.coordinate.cloud, "nat_gateways"))
        return facts.nat_zones(len(a.zones)) if facts and there else range(0)

    def outbound(self) -> list[str]:
        """The IDs of the tiers that send traffic to the internet."""
        return [id_ for id_, tier in self.now.tiers.items() if tier.internet == "outbound"]

    def _band(self, tier: str) -> Group:
        """The group of a subnet that spans the zones of its region."""
        facts = self.now.tiers[tier]
        cidr = next(s.cidr for s in self.now.subnets if s.tier == tier)
        label = f"{facts.label} {self._range_word(tier)} {cidr or 'does not fit'}"
        singles = tuple(self.singles(tier))
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

    def _shares_product(self, placed: Placed) -> bool:
        """Whether the instances of another component have the same product or short name, so that it alone is ambiguous."""
        return any(
            other.component != placed.component
            and (other.member.product, other.member.nodes) == (placed.member.product, placed.member.nodes)
            and self._short(other.component) == self._short(placed.component)
            for other in self.placed
        )

    def _short(self, name: str) -> str:
        product = self.component(name).product
        return self.last.catalog.products[product].short if product else ""

    def host(self, name: str) -> str | None:
        """What a component runs on, if that is drawn instead of it."""
        return None if name in self.shown else self.component(name).runs_on


def _rows_of(nodes: list[Node]) -> Literal["column"] | int:
    """One column for a few nodes, several for more: the picture would be too tall otherwise."""
    return "column" if len(nodes) <= _TALLEST else -(-len(nodes) // _TALLEST)


def _columns(nodes: list[Node]) -> Literal["row"] | int:
    """One row for up to two nodes, two columns for more: three zones would be too wide for a page otherwise."""
    return "row" if len(nodes) <= 2 else 2


def _subnet_style(internet: str) -> str:
    return "public-subnet" if internet == "both" else "private-subnet"
