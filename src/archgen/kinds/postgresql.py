"""A managed PostgreSQL database."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import ComponentId, Entity, Line, Port, Version
from archgen.model.component import Component, Member
from archgen.model.patterns import matching
from archgen.model.traits import Traits


class Backup(Entity):
    """Automated backups."""

    retention_days: Annotated[int, Field(ge=1, le=365)]
    """How long a daily backup is kept, in days."""
    point_in_time_recovery: bool = True
    """Whether the database can be restored to any second in the retention period."""


class DisasterRecovery(Entity):
    """The copy of the database in the recovery region."""

    strategy: Literal["snapshot-copy", "read-replica", "global-database"]
    """Copies of backups to restore from, a replica to promote, or a database that spans regions."""
    copy_every_hours: Annotated[int, Field(ge=1, le=168)] | None = None
    """How often a backup is copied, in hours."""


class Postgresql(Component):
    """A managed PostgreSQL database."""

    label = "PostgreSQL database"
    inherent = Traits(stateful=True, keeps_data=True, copies="multi_zone", port="port")
    aliases = ("Postgres", "PostgreSQL", "SQL", "relational database")
    usual_placement = "data"
    data_store = True
    engine_version: Version
    """The major version, in quotes."""
    size: Line
    """The instance class or machine tier, by the cloud's name for it."""
    storage_gib: Annotated[int, Field(ge=10, le=65536)]
    """The initial storage in GiB."""
    max_storage_gib: Annotated[int, Field(ge=10, le=65536)] | None = None
    """The limit for automatic growth of storage, in GiB."""
    multi_zone: bool = True
    """Whether there is a synchronous standby in a second zone, with automatic failover."""
    backup: Backup
    disaster_recovery: DisasterRecovery | None = None
    read_replicas: Annotated[int, Field(ge=0, le=15)] = 0
    """The number of read replicas in the same region."""
    credentials_in: ComponentId | None = None
    """The secret store that keeps and rotates its credentials."""
    client_connection: Literal["direct", "connector", "auth-proxy"] = "direct"
    """How clients connect: directly by address, with the vendor's connector in their code, or through a sidecar proxy."""
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
    iam_authentication: bool = False
    """Whether clients can sign in with their cloud identity."""
    max_connections: Annotated[int, Field(ge=10, le=262143)] | None = None
    """The maximum number of connections; by default, the product's limit for its size."""
    port: Port = 5432

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """The primary in the first zone, its standby in the second."""
        standby = self.multi_zone and zones > 1
        yield Member("primary", 0, "primary" if standby else "", primary=True)
        if standby:
            yield Member("standby", 1, "standby")
