"""A data pipeline."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class DataPipeline(Component):
    """Moves and transforms data between stores."""

    label = "Data pipeline"
    used_to = "analyze"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("ETL", "ELT", "change data capture", "stream processing", "ingestion")
    mode: Literal["batch", "streaming"] | None = None
    """Whether it runs over what has arrived or all the time."""
    engine: Line | None = None
    """What runs it, such as Spark or Beam."""
    engine_version: Line | None = None
    """The version of the engine."""
    workers: Annotated[int, Field(ge=1, le=10000)] | None = None
    """The maximum number of workers."""
    size: Line | None = None
    """The size of a worker, by the cloud's name for it."""
    timeout_minutes: Annotated[int, Field(ge=1, le=525600)] | None = None
    """The longest run, in minutes."""
    max_attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many times a run is tried."""
    buffer_seconds: Annotated[int, Field(ge=0, le=86400)] | None = None
    """How long records are collected before they are written, in seconds."""
    buffer_mib: Annotated[int, Field(ge=1, le=1024)] | None = None
    """How much data is collected before it is written, in MiB."""
    schedule: Line | None = None
    """When it runs, as a cron or rate expression of the product."""
