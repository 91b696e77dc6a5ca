"""Facts about subnets on AWS: which subnets of the network's module belong to the tier of a component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from archgen.model.architecture import Architecture, Subnet


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about subnets that expressions can use."""
    return {"tier_subnets": lambda component: tier_subnets(a, component)}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"tier_subnets": (str,)}


def tier_subnets(a: Architecture, component: str) -> dict[str, Any]:
    """The role of the subnets of a component's tier, and their positions among all subnets with that role, one for each of its zones.

    Raises ValueError if the component is not in a tier of the network, or if the tier has no subnet in one of the zones.
    """
    stated = a.components[component]
    tier = a.place(stated)
    if tier not in a.tiers:
        raise ValueError("the component is not in a tier of the network; state its `placement`")
    return subnets_of_tier(a, tier, stated.zones or a.zones)


def subnets_of_tier(a: Architecture, tier: str, zones: Sequence[str]) -> dict[str, Any]:
    """The role of the subnets of a tier, and their positions among all subnets with that role, one for each of these zones.

    Raises ValueError if the tier has no subnet in one of them.
    """
    role = _module_role(a, tier)
    subnets = sorted((s for s in a.subnets if s.cidr and _module_role(a, s.tier) == role), key=_by_address)
    known = {s.zone: position for position, s in enumerate(subnets) if s.tier == tier}
    if lacking := [zone for zone in zones if zone not in known]:
        raise ValueError(f"the tier '{tier}' has no subnet in {lacking[0]}")
    return {"role": role, "positions": [known[zone] for zone in sorted(zones)]}


def _module_role(a: Architecture, tier: str) -> str:
    """The role of a tier as the network's module has it, for which subnets that are `isolated` are `intra`, too."""
    role = a.role_of(tier)
    return "intra" if role == "isolated" else role


def _by_address(subnet: Subnet) -> IPv4Network | IPv6Network:
    return ip_network(subnet.cidr or "")
