"""A workflow."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Line, Version
from archgen.model.component import Component
from archgen.model.traits import Traits


class Workflow(Component):
    """Runs steps in order, remembers how far each run has got, and tries steps again."""

    label = "Workflow"
    used_to = "messages"
    inherent = Traits(stateful=True, keeps_data=True)
    aliases = ("state machine", "orchestration", "saga", "DAG")
    type: Literal["standard", "express"] | None = None
    """`standard` keeps the state of each run; `express` is for many short runs and may repeat steps."""
    timeout_seconds: Annotated[int, Field(ge=1, le=31536000)] | None = None
    """The longest run, in seconds."""
    logging: Literal["off", "error", "all"] | None = None
    """Which runs are logged."""
    logs_data: bool | None = None
    """Whether logs contain the input and output of steps."""
    history: Literal["basic", "detailed"] | None = None
    """How much is kept of each run."""
    engine_version: Version | None = None
    """The version of the engine, in quotes, for products that have one."""
    size: Line | None = None
    """The size of its environment or workers, for products that have one."""
    schedulers: Annotated[int, Field(ge=1, le=100)] | None = None
    """The number of schedulers, for products that have some."""
