"""Finds networks without a range, whose subnets span a region: their tiers, what these are for, and Cloud NAT."""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from archgen.importing.found_network import FoundNetwork, FoundTier, can_be_tier, range_of, tier_id, tier_label
from archgen.importing.placing import PlacedResources, slug, suffixed
from archgen.importing.resource import Resource, as_list

NETWORKS = ("google_compute_network",)
SUBNETS = ("google_compute_subnetwork",)
_ADDRESSES = "google_compute_global_address"
# https://docs.cloud.google.com/load-balancing/docs/proxy-only-subnets
_PROXIES = ("REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER")
_APIS = ("all-apis", "vpc-sc")  # what Private Service Connect leads to
_LARGEST = 16  # the range of an environment in a model
_ALIAS_LENGTHS = range(9, 29)


def find_regional_networks(placed: PlacedResources) -> Iterator[FoundNetwork]:
    """The networks whose subnets span a region. Of subnets in several regions, a model gets those of the region with the most."""
    resources = placed.by_role["network"]
    for resource in (r for r in resources if r.type in NETWORKS):
        inside = [r for r in resources if resource in placed.index.all_from(r)]
        subnets = [r for r in inside if r.type in SUBNETS and range_of(r)]
        reserved = [r for r in resources if _is_reserved(r) and (r in inside or _peers(placed, r, resource))]
        whole = _whole([*subnets, *reserved])
        if whole is not None:
            yield _network(placed, resource, whole, subnets, reserved)


def _is_reserved(resource: Resource) -> bool:
    """Whether addresses are reserved for managed services: private services access, or Private Service Connect."""
    purpose = resource.values.get("purpose")
    return resource.type == _ADDRESSES and purpose in ("VPC_PEERING", "PRIVATE_SERVICE_CONNECT")


def _peers(placed: PlacedResources, reserved: Resource, network: Resource) -> bool:
    """Whether the connection that uses reserved addresses is one of a network."""
    return any(
        {network, reserved} <= {*placed.index.all_from(r)}
        for r in placed.by_role["network"]
        if r.type == "google_service_networking_connection"
    )


def _whole(resources: list[Resource]) -> ipaddress.IPv4Network | None:
    """The range of the size that a model may state which contains the most ranges; None if none is known."""
    blocks = Counter(
        range_.supernet(new_prefix=_LARGEST)
        for resource in resources
        if (range_ := range_of(resource)) and range_.prefixlen >= _LARGEST and range_.is_private
    )
    return min(blocks, key=lambda block: (-blocks[block], block), default=None)


def _network(
    placed: PlacedResources,
    resource: Resource,
    whole: ipaddress.IPv4Network,
    subnets: list[Resource],
    reserved: list[Resource],
) -> FoundNetwork:
    network = FoundNetwork(resource, str(whole), (), has_range=False)
    home = _home_region(subnets)
    translated = _translated(placed, resource, subnets)
    groups: dict[str, dict[str, Resource]] = defaultdict(dict)
    for subnet in subnets:
        if can_be_tier(range_of(subnet), whole) and subnet.values.get("region") in (home, None):
            label = _free_label(groups, tier_label(subnet))
            groups[label][str(subnet.values.get("region", ""))] = subnet
    for label, by_region in groups.items():
        (subnet,) = by_region.values()
        is_proxy = subnet.values.get("purpose") in _PROXIES
        internet = None if is_proxy else "outbound" if subnet.key in translated else "none"
        network.tiers.append(_tier(label, by_region, whole, internet))
        if is_proxy:
            network.tier_roles["proxy_tier"] = label
        elif ranges := _alias_ranges(subnet, whole):
            network.tier_roles["secondary_ranges_tier"] = label
            network.own["secondary_ranges"] = ranges
    for addresses in reserved:
        if addresses.values.get("purpose") == "VPC_PEERING" and can_be_tier(range_of(addresses), whole):
            label = _free_label(groups, tier_id(addresses.name.lower()))
            groups[label][""] = addresses
            network.tiers.append(_tier(label, {"": addresses}, whole, "none"))
            network.tier_roles.setdefault("private_services_tier", label)
    network.tiers.sort(
        key=lambda tier: (tier.internet != "outbound", tier.netnum << (32 - tier.prefix_length), tier.id)
    )
    network.own["cloud_nat"] = bool(translated)
    for addresses in reserved:
        if connect := _private_service_connect(placed, addresses):
            network.own["private_service_connect"] = connect
    return network


def _home_region(subnets: list[Resource]) -> Any:
    regions = Counter(str(subnet.values["region"]) for subnet in subnets if subnet.values.get("region"))
    return min(regions, key=lambda region: (-regions[region], region), default=None)


def _free_label(taken: Mapping[str, Any], label: str) -> str:
    number, free = 2, label
    while free in taken:
        free, number = suffixed(label, str(number)), number + 1
    return free


def _tier(label: str, subnets: dict[str, Resource], whole: ipaddress.IPv4Network, internet: str | None) -> FoundTier:
    (subnet,) = subnets.values()
    range_ = range_of(subnet)
    assert range_ is not None  # only subnets with a range that fits become tiers
    return FoundTier(label, subnets, range_.prefixlen, _position(range_, whole), internet)


def _position(range_: ipaddress.IPv4Network, whole: ipaddress.IPv4Network) -> int:
    """The number of a range among all of its size in the whole."""
    return (int(range_.network_address) - int(whole.network_address)) >> (32 - range_.prefixlen)


def _private_service_connect(placed: PlacedResources, addresses: Resource) -> dict[str, str]:
    """The address of Google's APIs and which of them it leads to; empty if the files do not say both."""
    address = addresses.values.get("address")
    for rule in placed.by_role["network"]:
        target = rule.values.get("target")
        if target in _APIS and (addresses in placed.index.all_from(rule) or rule.values.get("ip_address") == address):
            return {"target": str(target), "address": str(address)} if address else {}
    return {}


def _alias_ranges(subnet: Resource, whole: ipaddress.IPv4Network) -> dict[str, dict[str, int]]:
    """The secondary ranges of a subnet that are in the range of the environment, by name."""
    found = {}
    for entry in as_list(subnet.values.get("secondary_ip_range")):
        try:
            range_ = ipaddress.IPv4Network(str(entry["ip_cidr_range"]))
            name = slug(str(entry["range_name"]))
        except (ValueError, KeyError, TypeError):
            continue
        if range_.prefixlen in _ALIAS_LENGTHS and range_.subnet_of(whole):
            found[name] = {"prefix_length": range_.prefixlen, "netnum": _position(range_, whole)}
    return found


def _translated(placed: PlacedResources, network: Resource, subnets: list[Resource]) -> set[tuple[str, str]]:
    """The keys of the subnets whose addresses Cloud NAT translates."""
    found: set[tuple[str, str]] = set()
    for nat in (r for r in placed.by_role["network"] if r.type == "google_compute_router_nat"):
        routers = [r for r in placed.index.all_from(nat) if r.type == "google_compute_router"]
        if not any(network in placed.index.all_from(router) for router in routers):
            continue
        named = {subnet.key for subnet in placed.index.from_(nat, "subnetwork")}
        every = str(nat.values.get("source_subnetwork_ip_ranges_to_nat", "")).startswith("ALL_")
        for subnet in subnets:
            same = nat.values.get("region") in (None, subnet.values.get("region"))
            if subnet.key in named or (every and same):
                found.add(subnet.key)
    return found
