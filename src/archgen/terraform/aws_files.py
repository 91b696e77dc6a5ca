"""Facts about file systems of EFS: their mount targets, and what moves to cheaper storage."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from archgen.kinds._on_demand import FileStore
from archgen.model.architecture import Architecture

# https://docs.aws.amazon.com/efs/latest/ug/API_LifecyclePolicy.html
_COLD_AFTER = (1, 7, 14, 30, 60, 90, 180, 270, 365)
# How long the plan of automatic backups keeps them: https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html
_BACKUP_DAYS = 35


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about file systems that expressions can use."""
    return {
        "mount_subnets": lambda files: mount_subnets(a, files),
        "single_zone": lambda files: single_zone(a, files),
        "moved_to_cold_storage": moved_to_cold_storage,
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "mount_subnets": (str,),
    "single_zone": (str,),
    "moved_to_cold_storage": (FileStore,),
}


def mount_subnets(a: Architecture, files: str) -> dict[str, int]:
    """The zones of a file system, each with the position of a subnet of its tier among the database subnets of the network.

    Raises ValueError if its tier has none of these subnets in one of the zones.
    """
    stated = a.components[files]
    tier = a.place(stated)
    subnets = [s for s in a.subnets if s.cidr and a.role_of(s.tier) == "database"]
    ordered = sorted(subnets, key=lambda subnet: ip_network(subnet.cidr or ""))
    known = {s.zone: position for position, s in enumerate(ordered) if s.tier == tier and s.zone}
    zones = stated.zones or a.zones
    if lacking := [zone for zone in zones if zone not in known]:
        raise ValueError(f"the tier '{tier}' has no subnet with the role database in {lacking[0]}")
    return {zone: known[zone] for zone in sorted(zones)}


def single_zone(a: Architecture, files: str) -> str | None:
    """The zone of a file system that is in one zone only; None if it is regional. Raises ValueError if the model states several."""
    stated = a.components[files]
    assert isinstance(stated, FileStore)
    if stated.multi_zone is not False:
        return None
    zones = stated.zones or a.zones
    if len(zones) != 1:
        raise ValueError("a file system with `multi_zone: false` is in one zone: state it under `zones`")
    return zones[0]


def moved_to_cold_storage(files: FileStore) -> str | None:
    """When EFS moves files to cheaper storage, in its own word; None if it does not. Raises ValueError for a time that it does not have."""
    if files.cold_after_days is None:
        return None
    if files.cold_after_days not in _COLD_AFTER:
        raise ValueError(f"EFS moves files after {', '.join(map(str, _COLD_AFTER))} days only")
    return f"AFTER_{files.cold_after_days}_DAY{'' if files.cold_after_days == 1 else 'S'}"


def lacks_backup_plan(a: Architecture) -> bool:
    """Whether a file system has backups that are kept for another time than those of the automatic plan."""
    kept = (files.backup_retention_days for _name, files in a.of_kind(FileStore) if files.product == "efs")
    return any(days not in (None, _BACKUP_DAYS) for days in kept)
