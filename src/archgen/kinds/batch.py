"""Batch jobs."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Line, Version
from archgen.model.component import Component
from archgen.model.traits import Traits


class Batch(Component):
    """Runs jobs from a queue on capacity that exists only while jobs run."""

    label = "Batch jobs"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("batch processing", "HPC", "job scheduler", "Spark cluster")
    compute: Literal["serverless", "machines"] | None = None
    """What jobs run on."""
    size: Line | None = None
    """The machine type, by the cloud's name for it."""
    max_processors: Annotated[int, Field(ge=1, le=1000000)] | None = None
    """The maximum number of virtual processors of all jobs together."""
    spot: bool | None = None
    """Whether jobs run on capacity that the cloud can take back at short notice."""
    timeout_seconds: Annotated[int, Field(ge=1, le=31536000)] | None = None
    """The longest job, in seconds."""
    max_attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many times a job is tried."""
    image: Line | None = None
    """The image that jobs run."""
    tasks: Annotated[int, Field(ge=1, le=1000000)] | None = None
    """The number of tasks that a job consists of."""
    engine_version: Version | None = None
    """The version of the engine, in quotes, for products that have one."""
