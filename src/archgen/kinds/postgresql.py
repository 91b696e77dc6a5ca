"""A managed PostgreSQL database."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import ComponentId, Entity, Line, Port, Version
from archgen.model.component import Component, Member
from archgen.model.patterns import matching


class Backup(Entity):
    """Automated backups."""

    retention_days: Annotated[int, Field(ge=1, le=365)]
    """How many days a backup is kept; one is taken each day."""
    point_in_time_recovery: bool = True
    """Whether any second within the log retention can be restored."""


class DisasterRecovery(Entity):
    """What is kept in the recovery region."""

    strategy: Literal["snapshot-copy", "read-replica", "global-database"]
    """Copies of backups to restore from, a replica to promote, or a cluster that spans regions."""
    copy_every_hours: Annotated[int, Field(ge=1, le=168)] | None = None
    """How often a backup is copied."""


class Postgresql(Component):
    """A PostgreSQL database that the cloud runs."""

    label = "PostgreSQL database"
    aliases = ("Postgres", "PostgreSQL", "SQL", "relational database")
    stateful = True
    keeps_data = True
    usual_placement = "data"
    engine_version: Version
    """Major version, in quotes."""
    size: Line
    """Instance class or tier, as the cloud calls it."""
    storage_gib: Annotated[int, Field(ge=10, le=65536)]
    """Storage to start with."""
    max_storage_gib: Annotated[int, Field(ge=10, le=65536)] | None = None
    """How far storage may grow by itself."""
    multi_zone: bool = True
    """Whether a synchronous standby is kept in a second zone, with automatic failover."""
    backup: Backup
    disaster_recovery: DisasterRecovery | None = None
    read_replicas: Annotated[int, Field(ge=0, le=15)] = 0
    """Replicas for reading, in the same region."""
    credentials_in: ComponentId | None = None
    """The secret store that keeps and rotates its credentials."""
    client_connection: Literal["direct", "connector", "auth-proxy"] = "direct"
    """How clients reach it: by its address, by the vendor's connector in their code, or by a proxy beside them."""
    require_tls: bool = True
    """Whether it refuses connections that are not encrypted."""
    edition: Literal["enterprise", "enterprise-plus"] | None = None
    """Cloud SQL's edition; other products have none."""
    database_name: Annotated[str, matching(r"^[a-z][a-z0-9_]{0,62}$", "the name of a database such as app")] = "app"
    """The first database in the instance."""
    admin_username: Annotated[
        str, matching(r"^[a-z][a-z0-9_]{0,15}$", "the name of a database user such as app_admin")
    ] = "postgres"
    """The administrator's name; the password is made and kept by the cloud."""
    deletion_protection: bool = True
    iam_authentication: bool = False
    """Whether clients may sign in with their cloud identity."""
    max_connections: Annotated[int, Field(ge=10, le=262143)] | None = None
    """How many connections it takes; what its product sets for its size when left out."""
    port: Port = 5432

    def copies(self, zones: int) -> int:
        """The primary and its standby."""
        return min(2 if self.multi_zone else 1, zones)

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """The primary in the first zone, its standby in the second."""
        standby = self.multi_zone and zones > 1
        yield Member("primary", 0, "primary" if standby else "", primary=True)
        if standby:
            yield Member("standby", 1, "standby")
