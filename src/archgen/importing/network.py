"""Finds networks, the tiers that their subnets form, and which of them components are in."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from dataclasses import dataclass, field

from archgen.importing.placing import FoundComponent, PlacedResources, slug
from archgen.importing.resource import Resource

_ZONE_AT_END = re.compile(r"[-_ ](?:[a-z]{2}(?:-[a-z]+)+-?\d[a-z]?|az\d?|zone|\d[a-z]?|[a-f])$|\d$")
_VPCS = ("aws_vpc", "aws_default_vpc")
_SUBNETS = ("aws_subnet", "aws_default_subnet")
_PREFIX_LENGTHS = (16, 28)  # of a tier


@dataclass(slots=True)
class FoundTier:
    """Subnets that belong together. `internet` is None if the files do not say how they reach the internet."""

    id: str
    subnets: dict[str, Resource]  # by zone
    prefix_length: int
    netnum: int
    internet: str | None
    regular: bool = True  # whether the ranges are those that the model would compute


@dataclass(slots=True)
class FoundNetwork:
    """A network with its tiers."""

    resource: Resource
    cidr: str
    zones: tuple[str, ...]
    tiers: list[FoundTier] = field(default_factory=list)
    nat_gateways: str | None = "none"  # None if it is not known which zones their number stands for
    internet_gateway: bool = False


def find_networks(placed: PlacedResources) -> list[FoundNetwork]:
    """The networks of AWS, the one with the most subnets first."""
    found = []
    resources = placed.by_role["network"]
    for vpc in (r for r in resources if r.type in _VPCS):
        cidr = _range(vpc)
        inside = [r for r in resources if vpc in placed.index.all_from(r)]
        subnets = [r for r in inside if r.type in _SUBNETS and _fits_in(r, cidr)]
        if cidr is not None:
            found.append(_network(placed, vpc, str(cidr), subnets, inside))
    return sorted(found, key=lambda network: (-sum(len(t.subnets) for t in network.tiers), network.resource.address))


def left_out_of(placed: PlacedResources, networks: list[FoundNetwork]) -> list[Resource]:
    """The networks and subnets that a model does not get: those of further networks, and those without a range that it can state."""
    used = networks[0] if networks and networks[0].tiers and networks[0].zones else None
    kept = {used.resource.key, *(s.key for tier in used.tiers for s in tier.subnets.values())} if used else set()
    return [r for r in placed.by_role["network"] if r.type in (*_VPCS, *_SUBNETS) and r.key not in kept]


def _range(resource: Resource) -> ipaddress.IPv4Network | None:
    """The range of a network or subnet; None if it has none that is known."""
    try:
        return ipaddress.IPv4Network(str(resource.values.get("cidr_block")), strict=False)
    except ValueError:
        return None


def _fits_in(subnet: Resource, whole: ipaddress.IPv4Network | None) -> bool:
    """Whether the range of a subnet is in that of its network, and has a size that a tier can have."""
    range_ = _range(subnet)
    smallest, largest = _PREFIX_LENGTHS
    return (
        range_ is not None and whole is not None and range_.subnet_of(whole) and smallest <= range_.prefixlen <= largest
    )


def _network(
    placed: PlacedResources, vpc: Resource, cidr: str, subnets: list[Resource], inside: list[Resource]
) -> FoundNetwork:
    zones = tuple(
        sorted({str(s.values.get("availability_zone")) for s in subnets if s.values.get("availability_zone")})
    )
    network = FoundNetwork(vpc, cidr, zones)
    groups: dict[str, list[Resource]] = defaultdict(list)
    for subnet in subnets:
        groups[_group(subnet)].append(subnet)
    exits = _exits(placed)
    for label, group in sorted(groups.items()):
        by_zone = {str(s.values.get("availability_zone", "")): s for s in group}
        if len(by_zone) == len(group):
            network.tiers.append(_tier(network, label, by_zone, exits))
        else:  # several subnets of a block are in one zone, so each row is a tier
            for number, subnet in enumerate(sorted(group, key=lambda s: str(s.values["cidr_block"])), start=1):
                zone = str(subnet.values.get("availability_zone", ""))
                network.tiers.append(_tier(network, f"{label}-{number}", {zone: subnet}, exits))
    network.tiers.sort(key=lambda tier: ({"both": 0, "outbound": 1}.get(tier.internet or "", 2), tier.netnum, tier.id))
    gateways = [
        r
        for r in placed.by_role["network"]
        if r.type == "aws_nat_gateway" and set(placed.index.all_from(r)) & set(subnets)
    ]
    network.nat_gateways = {0: "none", 1: "single", len(zones): "per-zone"}.get(len(gateways))
    network.internet_gateway = any(r.type == "aws_internet_gateway" for r in inside)
    return network


def _group(subnet: Resource) -> str:
    """What subnets of a tier have in common: their block, or its name without a zone or number."""
    label = _ZONE_AT_END.sub("", subnet.name.lower()) or subnet.name
    return slug("-".join((*subnet.modules[1:], label)) if label not in ("this", "main", "subnet") else label)


def _tier(
    network: FoundNetwork, label: str, by_zone: dict[str, Resource], exits: dict[tuple[str, str], str]
) -> FoundTier:
    ranges = {zone: ipaddress.IPv4Network(str(s.values["cidr_block"]), strict=False) for zone, s in by_zone.items()}
    whole = ipaddress.IPv4Network(network.cidr)
    lengths = {r.prefixlen for r in ranges.values()}
    length = min(lengths)
    numbers = {
        zone: (int(r.network_address) - int(whole.network_address)) >> (r.max_prefixlen - length)
        for zone, r in ranges.items()
    }
    first = min(numbers.values())
    order = {zone: position for position, zone in enumerate(network.zones)}
    starts = {number - order.get(zone, 0) for zone, number in numbers.items()}
    regular = len(lengths) == 1 and len(starts) == 1 and min(starts) >= 0
    known = {exits[s.key] for s in by_zone.values() if s.key in exits}
    internet = known.pop() if len(known) == 1 else None
    return FoundTier(label, dict(sorted(by_zone.items())), length, min(starts) if regular else first, internet, regular)


def _exits(placed: PlacedResources) -> dict[tuple[str, str], str]:
    """How each subnet that is associated with a route table reaches the internet, by its key."""
    network = placed.by_role["network"]
    tables: dict[tuple[str, str], set[str]] = defaultdict(set)
    for resource in network:
        owners = [resource] if resource.type == "aws_route_table" else []
        if resource.type == "aws_route":
            owners = [t for t in placed.index.all_from(resource) if t.type == "aws_route_table"]
        for table in owners:
            tables[table.key] |= {target.type for target in placed.index.all_from(resource)}
    found: dict[tuple[str, str], str] = {}
    for resource in network:
        if resource.type != "aws_route_table_association":
            continue
        ends = placed.index.all_from(resource)
        reached = set().union(*(tables[t.key] for t in ends if t.type == "aws_route_table"), set())
        if not any(t.type == "aws_route_table" for t in ends):
            continue
        way = "both" if "aws_internet_gateway" in reached else "outbound" if "aws_nat_gateway" in reached else "none"
        found |= {subnet.key: way for subnet in ends if subnet.type in _SUBNETS}
    return found


def subnets_of(placed: PlacedResources, component: FoundComponent) -> list[Resource]:
    """The subnets that the resources of a component refer to, directly or through its parts."""
    found: dict[tuple[str, str], Resource] = {}
    for resource in (*component.resources, *component.parts):
        for target in placed.index.all_from(resource):
            if target.type in _SUBNETS:
                found[target.key] = target
    return list(found.values())
