"""A function."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from archgen.model.base import ComponentId, Line, refuse_disorder
from archgen.model.component import Component
from archgen.model.traits import Traits


class Function(Component):
    """Runs code when something calls it or an event arrives, without servers to manage."""

    label = "Function"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("serverless function", "Lambda", "FaaS", "cloud function")
    runtime: Line | None = None
    """The language and version that it runs, by the cloud's name for it, such as python3.13."""
    memory_mib: Annotated[int, Field(ge=64, le=131072)] | None = None
    """Its memory in MiB."""
    timeout_seconds: Annotated[int, Field(ge=1, le=86400)] | None = None
    """The longest run, in seconds."""
    reserved_concurrency: Annotated[int, Field(ge=0, le=100000)] | None = None
    """The number of runs at the same time that are set aside for it, and that it cannot exceed."""
    max_instances: Annotated[int, Field(ge=1, le=100000)] | None = None
    """The maximum number of its instances, on clouds that limit instances."""
    min_instances: Annotated[int, Field(ge=0, le=10000)] | None = None
    """The number of instances that are kept ready, so that calls do not wait for a start."""
    temporary_storage_mib: Annotated[int, Field(ge=64, le=131072)] | None = None
    """The size of its temporary storage in MiB."""
    processor: Literal["arm64", "x86-64"] | None = None
    """The architecture of its processor."""
    max_attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many times an event is tried."""
    dead_letters: ComponentId | None = None
    """Where events go that it could not process."""

    @model_validator(mode="after")
    def _ordered(self) -> Function:
        refuse_disorder(self, "min_instances", "max_instances")
        return self
