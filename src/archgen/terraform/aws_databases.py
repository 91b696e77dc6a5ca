"""Facts about databases of RDS: the series of versions that share settings, and what their administrators are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.architecture import Architecture


def facts(_a: Architecture) -> dict[str, Any]:
    """The facts about databases that expressions can use."""
    return {"aurora_instances": aurora_instances, "engine_series": engine_series}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "aurora_instances": (RelationalDatabase,),
    "engine_series": (RelationalDatabase,),
}


def engine_series(database: RelationalDatabase) -> str:
    """The versions that share a parameter group with that of a database: `17` for PostgreSQL, `8.4` for MySQL.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html. Raises ValueError if the model does not say.
    """
    parts = (database.engine_version or "").split(".")
    length = 2 if database.product == "rds-mysql" else 1
    if not parts[0] or len(parts) < length:
        raise ValueError("the model does not state the `engine_version` of the database, such as 17 or, for MySQL, 8.4")
    return ".".join(parts[:length])


def aurora_instances(database: RelationalDatabase) -> dict[str, dict[str, Any]]:
    """The instances of a cluster of Aurora by name: the writer, a reader in another zone, and read replicas; AWS chooses their zones."""
    reader: dict[str, dict[str, Any]] = {"reader": {}} if database.multi_zone else {}
    replicas: dict[str, dict[str, Any]] = {f"replica-{n + 1}": {} for n in range(database.read_replicas)}
    return {"writer": {}, **reader, **replicas}


def lacks_administrator(a: Architecture) -> bool:
    """Whether RDS has to make a database whose model does not name an administrator."""
    return any(database.product == "rds-mysql" for _name, database in a.of_kind(RelationalDatabase))
