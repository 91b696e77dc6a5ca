"""Facts about subnets on Google Cloud: their ranges, and which of them Cloud NAT gives a way to the internet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.clouds.gcp import GcpNetwork
from archgen.model.architecture import Architecture
from archgen.terraform import recovery

_EVERY, _LISTED = "ALL_SUBNETWORKS_ALL_IP_RANGES", "LIST_OF_SUBNETWORKS"


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about subnets that expressions can use."""
    return {
        "alias_ranges": alias_ranges(a),
        "nat_scope": nat_scope(a),
        "nat_subnets": nat_subnets(a),
        "regional_subnets": regional_subnets(a),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "alias_ranges": "The secondary ranges of a Google subnet, by the name of the subnet.",
    "nat_scope": "Whether Cloud NAT translates addresses of all subnets or of listed ones, in its words; empty if no tier uses it.",
    "nat_subnets": "The subnets that Cloud NAT lists because their tiers reach the internet and others do not.",
    "regional_subnets": "One subnet for each tier, in the form of Google's network module.",
}


def nat_scope(a: Architecture) -> str:
    """Whether Cloud NAT translates addresses of all subnets or of listed ones, in its words; empty if no tier with a subnet uses it.

    Routes to the internet are those of the whole network, so that Cloud NAT must leave out subnets of tiers with `internet: none`.
    """
    leading = [a.tiers[tier].internet != "none" for tier in _tiers(a)]
    if all(leading):
        return _EVERY
    return _LISTED if any(leading) else ""


def nat_subnets(a: Architecture) -> list[dict[str, Any]]:
    """The subnets that Cloud NAT lists, in the form of its module; empty if it does not list any."""
    return [
        {"name": _name(a, tier), "source_ip_ranges_to_nat": ["ALL_IP_RANGES"], "secondary_ip_range_names": []}
        for tier in _tiers(a)
        if nat_scope(a) == _LISTED and a.tiers[tier].internet != "none"
    ]


def _tiers(a: Architecture) -> list[str]:
    """The tiers whose subnets can contain machines: not those of Google's managed services and proxies."""
    gcp = a.network_facts(GcpNetwork)
    others = (gcp.private_services_tier, gcp.proxy_tier) if gcp else ()
    return [tier for tier in sorted(a.tiers) if tier not in others and a.subnets_of(tier)]


def _name(a: Architecture, tier: str) -> str:
    return recovery.unique(a, f"{a.network_identifier}-{tier}")


def regional_subnets(a: Architecture) -> list[dict[str, Any]]:
    """One subnet for each tier, except for the tier whose range is given to Google's managed services.

    If the recovery region has no separate network, its subnets follow.
    """
    there = recovery.subnets_abroad(a)
    return [*_subnets_here(a), *(_subnets_here(there) if there else ())]


def _subnets_here(a: Architecture) -> list[dict[str, Any]]:
    gcp = a.network_facts(GcpNetwork)
    subnets: list[dict[str, Any]] = []
    flow_logs = a.document.network.flow_logs if a.document.network else None
    for name, tier in sorted(a.tiers.items()):
        ranges = a.subnets_of(name)
        if not gcp or not ranges or name == gcp.private_services_tier:
            continue
        subnet = {
            "subnet_name": _name(a, name),
            "subnet_ip": ranges[0],
            "subnet_region": a.cloud.region,
            "description": tier.purpose or tier.name,
        }
        if name == gcp.proxy_tier:
            subnet |= {"purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE"}
        else:
            subnet["subnet_private_access"] = "true"  # the module expects a string
            subnet["subnet_flow_logs"] = "true" if flow_logs else "false"
        subnets.append(subnet)
    return subnets


def alias_ranges(a: Architecture) -> dict[str, list[dict[str, Any]]]:
    """The secondary ranges of subnets by the name of their subnet, those of the recovery region as above."""
    there = recovery.subnets_abroad(a)
    return {**_alias_ranges_here(a), **(_alias_ranges_here(there) if there else {})}


def _alias_ranges_here(a: Architecture) -> dict[str, list[dict[str, Any]]]:
    gcp = a.network_facts(GcpNetwork)
    if not gcp or not gcp.secondary_ranges_tier:
        return {}
    subnet = _name(a, gcp.secondary_ranges_tier)
    return {
        subnet: [
            {"range_name": f"{subnet}-{name}", "ip_cidr_range": cidr}
            for name, cidr in sorted(a.secondary_ranges.items())
            if cidr
        ]
    }
