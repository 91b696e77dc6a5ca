"""Facts about MySQL on Cloud SQL, whose kind states less than that of PostgreSQL, and about the network of caches with Valkey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds.cache import Cache
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.architecture import Architecture
from archgen.terraform.google_run import subnet_name
from archgen.terraform.recovery import copies, replicated, unique

# Machine types of the edition Enterprise Plus: https://docs.cloud.google.com/sql/docs/mysql/machine-series-overview
_PLUS = ("db-perf-optimized-", "db-c4a-")
# How long logs for restoring to any second are kept at most, in days: https://docs.cloud.google.com/sql/docs/mysql/backup-recovery/pitr
_LOG_DAYS = {"ENTERPRISE": 7, "ENTERPRISE_PLUS": 35}


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about databases that expressions can use."""
    return {
        "sql_edition": sql_edition,
        "mysql_flags": lambda component: mysql_flags(a, component),
        "mysql_backup": lambda component: mysql_backup(a, component),
        "valkey_subnets": lambda: valkey_subnets(a),
        "mysql_replicas": lambda component: mysql_replicas(a, component),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "sql_edition": (str,),
    "mysql_backup": (str,),
    "mysql_flags": (str,),
    "mysql_replicas": (str,),
    "valkey_subnets": (),
}


def sql_edition(size: str) -> str:
    """The edition of Cloud SQL that has a machine type."""
    return "ENTERPRISE_PLUS" if size.startswith(_PLUS) else "ENTERPRISE"


def mysql_backup(a: Architecture, component: str) -> dict[str, Any] | None:
    """The backups of a MySQL instance; None if the model states none.

    The module keeps logs for less time than backups, so the last day of the backups has none.
    """
    database = a.components[component]
    assert isinstance(database, RelationalDatabase)
    if database.backup is None:
        return None
    kept, restored = database.backup.retention_days, database.backup.point_in_time_recovery
    most = _LOG_DAYS[sql_edition(database.size or "")]
    return {
        "binary_log_enabled": restored,
        "enabled": True,
        "location": a.recovery_region if a.recovery_region and copies(database) else None,
        "retained_backups": kept,
        "retention_unit": "COUNT",
        "transaction_log_retention_days": str(max(min(kept - 1, most), 1)),
    }


def mysql_flags(a: Architecture, component: str) -> list[dict[str, str]]:
    """The flags of a MySQL instance and its replicas: whether clients can sign in with their cloud identity."""
    database = a.components[component]
    on = isinstance(database, RelationalDatabase) and database.iam_authentication
    return [{"name": "cloudsql_iam_authentication", "value": "on" if on else "off"}]


def mysql_replicas(a: Architecture, component: str) -> list[dict[str, Any]]:
    """The replicas of a MySQL instance: those in its region, zone by zone, and the one in the recovery region.

    Raises ValueError if there are replicas and the model states no zones.
    """
    database = a.components[component]
    assert isinstance(database, RelationalDatabase)
    if database.read_replicas and not a.zones:
        raise ValueError("the model does not state the zones of the region, of which each replica needs one")
    zones = {f"-{number}": a.zones[number % len(a.zones)] for number in range(database.read_replicas)}
    if replicated(database) and a.recovery_region and not a.elsewhere:
        zones["-recovery"] = f"{a.recovery_region}-b"
    labels = {"environment": a.coordinate.environment, "managed-by": "terraform", "project": a.document.project}
    # Unlike the module for PostgreSQL, this one does not take the size and edition of a replica from the instance.
    shared = {
        "database_flags": mysql_flags(a, component),
        "edition": sql_edition(database.size or ""),
        "ip_configuration": {"ipv4_enabled": False, "ssl_mode": ssl_mode(database)},
        "tier": database.size,
        "user_labels": labels,
    }
    name = unique(a, a.identifier(component))
    return [
        {"name": suffix, "name_override": f"{name}{suffix}", "zone": zone, **shared} for suffix, zone in zones.items()
    ]


def ssl_mode(database: RelationalDatabase) -> str:
    """Which connections an instance accepts: encrypted ones only, unless the model states that it accepts others."""
    return "ALLOW_UNENCRYPTED_AND_ENCRYPTED" if database.require_tls is False else "ENCRYPTED_ONLY"


def valkey_subnets(a: Architecture) -> list[str]:
    """The names of the subnets of the tiers that caches with Valkey are placed in, sorted.

    Raises ValueError for a tier without a subnet.
    """
    found = {name: subnet_name(a, name) for name, cache in a.of_kind(Cache) if cache.product == "memorystore-valkey"}
    if lacking := sorted(name for name, subnet in found.items() if subnet is None):
        raise ValueError(
            f"'{lacking[0]}' is not placed in a tier with a subnet, in which Memorystore for Valkey creates its endpoints; "
            "the tier of managed services has none"
        )
    return sorted({subnet for subnet in found.values() if subnet})
