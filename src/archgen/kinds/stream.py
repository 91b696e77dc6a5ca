"""A stream of records."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Line, Version
from archgen.model.component import Component
from archgen.model.traits import Traits


class Stream(Component):
    """Keeps records in order, so that several consumers can read them, and read them again from an earlier position."""

    label = "Stream"
    used_to = "messages"
    inherent = Traits(stateful=True, keeps_data=True, carrier=True)
    aliases = ("event stream", "log", "Kafka", "data stream", "message broker")
    partitions: Annotated[int, Field(ge=1, le=100000)] | None = None
    """The number of partitions or shards; records of one partition keep their order."""
    capacity: Literal["on-demand", "provisioned"] | None = None
    """Whether its capacity follows the load or is set."""
    retention_hours: Annotated[float, Field(gt=0, le=876000, strict=False)] | None = None
    """How long records can be read again, in hours."""
    brokers: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The number of brokers, for products that have some."""
    processors: Annotated[int, Field(ge=1, le=100000)] | None = None
    """The number of virtual processors of all brokers together, for products that are sized by them."""
    memory_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The memory of all brokers together in GiB."""
    rebalances: bool | None = None
    """Whether partitions move to new brokers by themselves."""
    size: Line | None = None
    """The size of a broker, by the cloud's name for it."""
    engine_version: Version | None = None
    """The version of the engine, in quotes, for products that have one."""
    storage_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The storage of a broker in GiB, for products that have some."""
