"""Facts about subnets on AWS: which ones of the network's module belong to the tier of a component, and which lead to the internet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from archgen.model.architecture import Architecture, Subnet


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about subnets that expressions can use."""
    return {
        "database_tables": lambda: database_tables(a),
        "nat_table": lambda: nat_table(a),
        "role_leads_out": lambda role: role_leads_out(a, role),
        "tier_subnets": lambda component: tier_subnets(a, component),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "database_tables": (),
    "nat_table": (),
    "role_leads_out": (str,),
    "tier_subnets": (str,),
}


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
    role = module_role(a, tier)
    subnets = sorted((s for s in a.subnets if s.cidr and module_role(a, s.tier) == role), key=_by_address)
    known = {s.zone: position for position, s in enumerate(subnets) if s.tier == tier}
    if lacking := [zone for zone in zones if zone not in known]:
        raise ValueError(f"the tier '{tier}' has no subnet in {lacking[0]}")
    return {"role": role, "positions": [known[zone] for zone in sorted(zones)]}


def role_leads_out(a: Architecture, role: str) -> bool:
    """Whether the tiers with a role reach the internet through NAT gateways; false if no tier has the role.

    Raises ValueError if some do and others do not, because the network's module has one kind of route table for each role.
    """
    tiers = _tiers_of(a, role)
    leading = [tier for tier in tiers if a.tiers[tier].internet == "outbound"]
    if others := [tier for tier in tiers if leading and tier not in leading]:
        raise ValueError(
            f"all {role} subnets have the same routes, but the tier '{leading[0]}' states `internet: outbound` and '{others[0]}' does "
            "not; state the same for both, or a different `role` for one of them"
        )
    return bool(leading)


def database_tables(a: Architecture) -> bool:
    """Whether subnets for databases have their own route tables: the module's other ones are those of private subnets.

    Raises ValueError if tiers with the same role differ in whether they reach the internet.
    """
    private, own = _tiers_of(a, "private"), _tiers_of(a, "database")
    return bool(own) and (not private or role_leads_out(a, "database") != role_leads_out(a, "private"))


def nat_table(a: Architecture) -> str | None:
    """The role whose first route table leads to a NAT gateway for all zones; None if no tier reaches the internet through it.

    Raises ValueError if tiers with the same role differ in whether they reach the internet.
    """
    return next((role for role in ("private", "database") if role_leads_out(a, role)), None)


def _tiers_of(a: Architecture, role: str) -> list[str]:
    """The tiers whose subnets have a role in the network's module."""
    return [tier for tier in a.tiers if module_role(a, tier) == role and a.subnets_of(tier)]


def module_role(a: Architecture, tier: str) -> str:
    """The role of a tier as the network's module has it: those without a way to the internet are `intra` if it does not tell them apart.

    These are tiers that are `isolated`, and `private` ones that are closed although others are not.
    """
    role = a.role_of(tier)
    return "intra" if role == "isolated" or is_closed_beside_others(a, tier) else role


def is_closed_beside_others(a: Architecture, tier: str) -> bool:
    """Whether a private tier states no way to the internet and another one does. The module has one kind of route table for both."""
    private = [name for name in a.tiers if a.role_of(name) == "private"]
    return tier in private and a.tiers[tier].internet == "none" and any(a.tiers[n].internet != "none" for n in private)


def _by_address(subnet: Subnet) -> IPv4Network | IPv6Network:
    return ip_network(subnet.cidr or "")
