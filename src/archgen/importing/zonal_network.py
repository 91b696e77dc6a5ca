"""Finds networks with subnets in zones: their tiers, and how these reach the internet."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator

from archgen.importing.found_network import FoundNetwork, FoundTier, can_be_tier, range_of, tier_label, zone_of
from archgen.importing.placing import PlacedResources, suffixed
from archgen.importing.resource import Resource

VPCS = ("aws_vpc", "aws_default_vpc")
SUBNETS = ("aws_subnet", "aws_default_subnet")


def find_zonal_networks(placed: PlacedResources) -> Iterator[FoundNetwork]:
    """The networks whose subnets are in zones."""
    exits = _exits(placed)
    for vpc in (r for r in placed.by_role["network"] if r.type in VPCS):
        cidr = range_of(vpc)
        inside = list(placed.index.all_to(vpc))
        subnets = [r for r in inside if r.type in SUBNETS and can_be_tier(range_of(r), cidr)]
        if cidr is not None:
            yield _network(placed, vpc, str(cidr), subnets, exits)


def _network(
    placed: PlacedResources, vpc: Resource, cidr: str, subnets: list[Resource], exits: dict[tuple[str, str], str]
) -> FoundNetwork:
    zones = tuple(sorted({zone for subnet in subnets if (zone := zone_of(subnet))}))
    network = FoundNetwork(vpc, cidr, zones)
    groups: dict[str, list[Resource]] = defaultdict(list)
    for subnet in subnets:
        groups[tier_label(subnet)].append(subnet)
    for label, group in sorted(groups.items()):
        by_zone = {zone_of(s): s for s in group}
        if len(by_zone) == len(group):
            network.tiers.append(_tier(network, label, by_zone, exits))
        else:  # several subnets of a block are in one zone, so each row is a tier
            for number, subnet in enumerate(sorted(group, key=lambda s: str(s.values["cidr_block"])), start=1):
                by_zone = {zone_of(subnet): subnet}
                network.tiers.append(_tier(network, suffixed(label, str(number)), by_zone, exits))
    network.tiers.sort(key=lambda tier: ({"both": 0, "outbound": 1}.get(tier.internet or "", 2), tier.netnum, tier.id))
    gateways = {r.key for subnet in subnets for r in placed.index.all_to(subnet) if r.type == "aws_nat_gateway"}
    # None if it is not known which zones their number stands for.
    network.own["nat_gateways"] = {0: "none", 1: "single", len(zones): "per-zone"}.get(len(gateways))
    network.own["internet_gateway"] = any(r.type == "aws_internet_gateway" for r in placed.index.all_to(vpc))
    return network


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
    complete = regular and by_zone.keys() >= {*network.zones}  # a model has a subnet of each tier in each zone
    known = {exits[s.key] for s in by_zone.values() if s.key in exits}
    internet = known.pop() if len(known) == 1 else None
    number = min(starts) if regular else first
    return FoundTier(label, dict(sorted(by_zone.items())), length, number, internet, complete)


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
        found |= {subnet.key: way for subnet in ends if subnet.type in SUBNETS}
    return found
