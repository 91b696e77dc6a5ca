"""Facts about databases of RDS: the series of versions that share settings, and what their administrators are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds.postgresql import Postgresql
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.architecture import Architecture
from archgen.terraform.recovery import replicated

# The products that are single instances.
_INSTANCES = ("rds-mysql", "rds-postgresql")


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about databases that expressions can use."""
    return {
        "aurora_instances": aurora_instances,
        "engine_series": engine_series,
        "has_own_password": lambda component: has_own_password(a, component),
        "instance_replicas": lambda component: instance_replicas(a, component),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "aurora_instances": (RelationalDatabase,),
    "engine_series": (RelationalDatabase,),
    "has_own_password": (str,),
    "instance_replicas": (str,),
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


def instance_replicas(a: Architecture, component: str) -> int:
    """The number of read replicas of an instance that a stack makes in its region.

    None without a password that is made in the stack of the instance, because RDS makes no replica of an instance whose password it
    manages: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html.
    """
    database = a.components[component]
    if not isinstance(database, RelationalDatabase) or database.product not in _INSTANCES or a.elsewhere:
        return 0
    return database.read_replicas if _makes_passwords(a) and _keeps_passwords_out(a) else 0


def has_own_password(a: Architecture, component: str) -> bool:
    """Whether the password of an instance's administrator is made by a stack instead of RDS."""
    database = a.components[component]
    abroad = isinstance(database, Postgresql) and replicated(database)
    return database.product in _INSTANCES and (abroad or instance_replicas(a, component) > 0)


def administrator_secret(a: Architecture, component: str) -> str | None:
    """The name of the secret with a password that a stack makes for a database; None if RDS makes it and names the secret."""
    database = a.components[component]
    abroad = isinstance(database, RelationalDatabase) and replicated(database)
    of_cluster = database.product == "aurora-postgresql" and abroad
    return f"{a.identifier(component)}-administrator" if of_cluster or has_own_password(a, component) else None


def _makes_passwords(a: Architecture) -> bool:
    """Whether the stack with the instances makes their passwords, too: no other stack can, because no output may contain one."""
    stacks = a.document.terraform.stacks.values() if a.document.terraform else ()
    modules = ({module.partition("@")[0] for module in stack.modules} for stack in stacks)
    return any({"rds", "database-password"} <= listed for listed in modules)


def _keeps_passwords_out(a: Architecture) -> bool:
    """Whether the module of instances takes a password that no state contains, which it does from its major version 7."""
    stacks = a.document.terraform.stacks.values() if a.document.terraform else ()
    majors = [m.partition("@")[2] for stack in stacks for m in stack.modules if m.partition("@")[0] == "rds"]
    return all(not major or int(major.partition(".")[0]) >= 7 for major in majors)


def lacks_replicas(a: Architecture) -> bool:
    """Whether the model states read replicas of an instance that no stack makes."""
    databases = [(name, d) for name, d in a.of_kind(RelationalDatabase) if d.product in _INSTANCES]
    return not a.elsewhere and any(d.read_replicas and not instance_replicas(a, name) for name, d in databases)


def lacks_name_of_administrator(a: Architecture) -> bool:
    """Whether a stack makes the password of an administrator whose name the model does not state."""
    return any(d.product == "rds-mysql" and has_own_password(a, name) for name, d in a.of_kind(RelationalDatabase))


def lacks_administrator(a: Architecture) -> bool:
    """Whether RDS has to make a database whose model does not name an administrator."""
    return any(database.product == "rds-mysql" for _name, database in a.of_kind(RelationalDatabase))
