"""A database without SQL tables."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Line, Port, Version
from archgen.model.component import Component
from archgen.model.traits import Traits


class DocumentDatabase(Component):
    """Stores items by key, documents, wide columns, graphs or time series."""

    label = "NoSQL database"
    used_to = "store"
    inherent = Traits(stateful=True, keeps_data=True, port="port")
    aliases = (
        "NoSQL",
        "key-value store",
        "document store",
        "wide-column store",
        "graph database",
        "time series database",
        "table",
    )
    data_store = True
    model: Literal["key-value", "document", "wide-column", "graph", "time-series"] | None = None
    """The form of its data."""
    partition_key: Line | None = None
    """The key by which its data is distributed."""
    key_type: Literal["string", "number", "binary"] | None = None
    """The type of this key."""
    sort_key: Line | None = None
    """The key by which the items of a partition are sorted."""
    capacity: Literal["on-demand", "provisioned"] | None = None
    """Whether its capacity follows the load or is set."""
    size: Line | None = None
    """The size of an instance, for products that have some."""
    instances: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The number of instances or nodes, for products that have some."""
    storage_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The storage in GiB, for products that are sized by storage."""
    engine_version: Version | None = None
    """The version of the engine, in quotes, for products that have one."""
    consistency: Literal["eventual", "session", "strong"] | None = None
    """What readers see after a write, unless a read asks for more."""
    point_in_time_recovery: bool | None = None
    """Whether it can be restored to any second of a time window."""
    backup_retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long backups are kept, in days."""
    disaster_recovery: Literal["backup-copy", "replica", "multi-region"] | None = None
    """Its copy in another region: copies of backups, a replica to promote, or a database that spans regions."""
    deletion_protection: bool | None = None
    """Whether it must be unlocked before it can be deleted."""
    expires_by: Line | None = None
    """The attribute with the time at which an item expires."""
    change_stream: bool | None = None
    """Whether consumers can read its changes."""
    port: Port | None = None
    """The port that it listens on, for products with instances."""
