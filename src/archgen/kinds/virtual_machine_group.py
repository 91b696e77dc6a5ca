"""A group of virtual machines."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from archgen.model.base import Line, refuse_disorder
from archgen.model.component import Component
from archgen.model.traits import Traits


class VirtualMachineGroup(Component):
    """Keeps a number of equal machines running, and replaces machines that fail."""

    label = "Virtual machine group"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=False, redundancy="zonal", copies="min", restarts="itself")
    aliases = ("auto scaling group", "managed instance group", "scale set", "server group")
    usual_placement = "app"
    min: Annotated[int, Field(ge=0, le=10000)]
    """The minimum number of machines."""
    max: Annotated[int, Field(ge=0, le=10000)]
    """The maximum number of machines."""
    desired: Annotated[int, Field(ge=0, le=10000)] | None = None
    """The number of machines that it starts with."""
    size: Line | None = None
    """The machine type, by the cloud's name for it."""
    image: Line | None = None
    """The image that disks are made from."""
    operating_system: Line | None = None
    """The operating system and its version."""
    disk_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The size of the disks of a machine in GiB."""
    spot: bool | None = None
    """Whether the cloud can take machines back at short notice."""
    health_check: Literal["machine", "load-balancer", "application"] | None = None
    """What tells that a machine must be replaced."""
    repairs: bool | None = None
    """Whether machines that fail are replaced automatically."""
    updates: Literal["automatic", "manual"] | None = None
    """Whether running machines get new settings by themselves, or only when they are replaced by hand."""
    update_by: Literal["replace", "restart", "refresh"] | None = None
    """What happens to a machine that gets new settings."""
    max_unavailable: Annotated[int, Field(ge=0, le=10000)] | None = None
    """How many machines may be out of service during an update."""
    scale_by: Literal["cpu", "memory", "requests", "queue", "schedule", "none"] | None = None
    """The metric that determines the number of machines."""

    @model_validator(mode="after")
    def _ordered(self) -> VirtualMachineGroup:
        refuse_disorder(self, "min", "desired", "max")
        return self
