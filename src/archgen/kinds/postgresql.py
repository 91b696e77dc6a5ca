"""A managed PostgreSQL database."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.kinds.relational_database import Backup, RelationalDatabase
from archgen.model.base import Line, Port, Version
from archgen.model.patterns import matching


class Postgresql(RelationalDatabase):
    """A managed PostgreSQL database."""

    label = "PostgreSQL database"
    used_to = "store"
    aliases = ("Postgres", "PostgreSQL", "SQL", "relational database")
    engine: Literal["postgresql"] = "postgresql"
    """Always PostgreSQL."""
    engine_version: Version
    """The major version, in quotes."""
    size: Line
    """The instance class or machine tier, by the cloud's name for it."""
    storage_gib: Annotated[int, Field(ge=10, le=65536)]
    """The initial storage in GiB."""
    multi_zone: bool = True
    """Whether there is a synchronous standby in a second zone, with automatic failover."""
    backup: Backup
    require_tls: bool = True
    """Whether it rejects connections that are not encrypted."""
    edition: Literal["enterprise", "enterprise-plus"] | None = None
    """The edition of Cloud SQL; other products have none."""
    database_name: Annotated[str, matching(r"^[a-z][a-z0-9_]{0,62}$", "the name of a database such as app")] = "app"
    """The name of the initial database."""
    admin_username: Annotated[
        str, matching(r"^[a-z][a-z0-9_]{0,15}$", "the name of a database user such as app_admin")
    ] = "postgres"
    """The name of the administrator; the cloud generates and keeps the password."""
    deletion_protection: bool = True
    """Whether it must be unlocked before it can be deleted."""
    port: Port = 5432
    """The port that it listens on."""
