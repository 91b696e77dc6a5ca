"""The environments page: where each one lives on each cloud, its ranges, its phase; the organisation; the phases."""

from __future__ import annotations

from typing import Any

from archgen.artifacts.base import Context, Emitted, Nav


def emit(context: Context) -> Emitted:
    """One page."""
    clouds = [_cloud(context, cloud) for cloud in context.axes.clouds]
    page = context.page(
        "environments",
        "environments.md",
        Nav("Environments", "Environments", 0),
        ("environments",),
        clouds=clouds,
        purposes=any(environment.purpose for environment in context.document.environments.values()),
        standing=dict(context.axes.standing),
        organization=context.document.organization,
    )
    return [page], []


def _cloud(context: Context, cloud: str) -> dict[str, Any]:
    architectures = list(context.today(cloud))
    first = architectures[0]
    subnets = [
        {
            "tier": first.tiers[subnet.tier].name,
            "zone": subnet.zone or "whole region",
            "cidrs": [a.subnets[position].cidr or "does not fit" for a in architectures],
        }
        for position, subnet in enumerate(first.subnets)
    ]
    subnets += [
        {
            "tier": f"alias range {name}",
            "zone": "whole region",
            "cidrs": [a.secondary_ranges[name] or "does not fit" for a in architectures],
        }
        for name in first.secondary_ranges
    ]
    return {
        "facts": first.facts,
        "cloud": first.cloud,
        "names": [a.environment.name for a in architectures],
        "homes": [
            f"{a.home_title}{f' ({a.account_id})' if cloud == 'aws' and a.account_id else ''}" for a in architectures
        ],
        "cidrs": [a.cidr for a in architectures],
        "networks": [a.network_identifier for a in architectures],
        "subnets": subnets,
    }
