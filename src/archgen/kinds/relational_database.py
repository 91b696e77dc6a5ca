"""A managed relational database."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from archgen.model.base import ComponentId, Entity, Line, Port, Version
from archgen.model.component import Component, Member
from archgen.model.traits import Traits

Engine = Literal["postgresql", "mysql", "mariadb", "sql-server", "oracle", "db2"]

# The usual ports of the engines, which the vendors of managed databases use too:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateDBInstance.Settings.html (database port)
USUAL_PORTS: dict[str, int] = {
    "postgresql": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "sql-server": 1433,
    "oracle": 1521,
    "db2": 50000,
}


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


class RelationalDatabase(Component):
    """A managed relational database of any engine."""

    label = "Relational database"
    used_to = "store"
    inherent = Traits(stateful=True, keeps_data=True, copies="multi_zone", port="port")
    aliases: ClassVar[tuple[str, ...]] = (
        "SQL",
        "RDBMS",
        "MySQL",
        "MariaDB",
        "SQL Server",
        "Oracle",
        "relational database",
    )
    usual_placement = "data"
    data_store = True
    engine: Engine | None = None
    """What it is compatible with; without it, nothing is assumed about its port and its limits."""
    engine_version: Version | None = None
    """The major version, in quotes, for products that have one."""
    size: Line | None = None
    """The instance class or machine tier, by the cloud's name for it, for products that are sized."""
    storage_gib: Annotated[int, Field(ge=10, le=65536)] | None = None
    """The initial storage in GiB."""
    max_storage_gib: Annotated[int, Field(ge=10, le=65536)] | None = None
    """The limit for automatic growth of storage, in GiB."""
    multi_zone: bool | None = None
    """Whether there is a synchronous standby in a second zone, with automatic failover."""
    backup: Backup | None = None
    disaster_recovery: DisasterRecovery | None = None
    read_replicas: Annotated[int, Field(ge=0, le=15)] = 0
    """The number of read replicas in the same region."""
    credentials_in: ComponentId | None = None
    """The secret store that keeps and rotates its credentials."""
    client_connection: Literal["direct", "connector", "auth-proxy"] = "direct"
    """How clients connect: directly by address, with the vendor's connector in their code, or through a sidecar proxy."""
    require_tls: bool | None = None
    """Whether it rejects connections that are not encrypted."""
    deletion_protection: bool | None = None
    """Whether it must be unlocked before it can be deleted."""
    iam_authentication: bool = False
    """Whether clients can sign in with their cloud identity."""
    max_connections: Annotated[int, Field(ge=10, le=262143)] | None = None
    """The maximum number of connections; by default, the product's limit for its size."""
    port: Port | None = None
    """The port that it listens on; by default the usual one of its engine."""

    @model_validator(mode="after")
    def _listens(self) -> Self:
        # Set in this way, the port does not count as stated by the model.
        if self.port is None and self.engine is not None:
            self.__dict__["port"] = USUAL_PORTS[self.engine]
        return self

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """The primary in the first zone, its standby in the second; empty if the model does not state whether there is one."""
        if self.multi_zone is None:
            return
        standby = self.multi_zone and zones > 1
        yield Member("primary", 0, "primary" if standby else "", primary=True)
        if standby:
            yield Member("standby", 1, "standby")
