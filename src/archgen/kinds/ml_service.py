"""A machine learning service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from archgen.model.base import Line, refuse_disorder
from archgen.model.component import Component
from archgen.model.traits import Traits


class MlService(Component):
    """Trains or runs models, or answers requests with models of the vendor."""

    label = "Machine learning"
    used_to = "analyze"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("AI", "LLM", "inference", "machine learning model", "speech and vision")
    model: Line | None = None
    """The model that it runs."""
    task: Literal["inference", "training", "both"] | None = None
    """What it is used for."""
    size: Line | None = None
    """The machine type, by the cloud's name for it."""
    min_instances: Annotated[int, Field(ge=0, le=10000)] | None = None
    """The minimum number of instances that answer requests."""
    max_instances: Annotated[int, Field(ge=1, le=10000)] | None = None
    """The maximum number of instances that answer requests."""
    capacity: Literal["on-demand", "provisioned"] | None = None
    """Whether capacity is paid by request or set aside."""

    @model_validator(mode="after")
    def _ordered(self) -> MlService:
        refuse_disorder(self, "min_instances", "max_instances")
        return self
