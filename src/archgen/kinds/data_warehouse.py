"""A data warehouse."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Line, Port
from archgen.model.component import Component
from archgen.model.traits import Traits


class DataWarehouse(Component):
    """Answers analytical queries over large tables that it keeps in columns."""

    label = "Data warehouse"
    used_to = "analyze"
    inherent = Traits(stateful=True, keeps_data=True, port="port")
    aliases = ("OLAP", "analytics database", "BigQuery", "Redshift", "lakehouse")
    data_store = True
    usual_placement = "data"
    capacity: Literal["on-demand", "provisioned", "serverless"] | None = None
    """Whether its capacity follows the queries or is set."""
    size: Line | None = None
    """The type of a node, or the size of the warehouse, by the cloud's name for it."""
    nodes: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The number of nodes, for products that have some."""
    scan_limit_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The amount of data that one query may read, in GiB."""
    table_expiration_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """After how many days new tables are deleted; without it, they are kept."""
    partition_expiration_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """After how many days partitions of new tables are deleted; without it, they are kept."""
    time_travel_hours: Annotated[int, Field(ge=1, le=2160)] | None = None
    """How far back queries can read earlier states of the data, in hours."""
    backup_retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long snapshots or earlier states are kept, in days."""
    multi_zone: bool | None = None
    """Whether it keeps running when a zone fails."""
    public_access: bool | None = None
    """Whether it can be reached from the internet."""
    port: Port | None = None
    """The port that it listens on, for products with nodes."""
