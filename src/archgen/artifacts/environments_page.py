"""The environments page: the account or project of each on each cloud, its ranges and phase; the organization; the phases."""

from __future__ import annotations

from typing import Any

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.architecture import Architecture
from archgen.model.wording import MISSING


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
    ranges = [_ranges(a) for a in architectures]
    rows = dict.fromkeys(key for there in ranges for key in there)
    subnets = [{"tier": key[1], "zone": key[2], "cidrs": [_cidr(there, key) for there in ranges]} for key in rows]
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


Key = tuple[str, str, str]  # tier or alias id, its name, zone


def _ranges(a: Architecture) -> dict[Key, str | None]:
    """The address ranges of an environment; None for one that does not fit."""
    subnets: dict[Key, str | None] = {
        (s.tier, a.tiers[s.tier].name, s.zone or "whole region"): s.cidr for s in a.subnets
    }
    alias = {(f"alias {n}", f"alias range {n}", "whole region"): cidr for n, cidr in a.secondary_ranges.items()}
    return subnets | alias


def _cidr(there: dict[Key, str | None], key: Key) -> str:
    return (there[key] or "does not fit") if key in there else MISSING
