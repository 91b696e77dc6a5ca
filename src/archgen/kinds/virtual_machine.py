"""A virtual machine."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class VirtualMachine(Component):
    """A machine that is not replaced automatically."""

    label = "Virtual machine"
    used_to = "run"
    inherent = Traits(stateful=True, keeps_data=True, redundancy="zonal", copies="count")
    aliases = ("VM", "server", "instance", "EC2 instance", "Compute Engine")
    usual_placement = "app"
    icon = "onprem.compute.Server"
    count: Annotated[int, Field(ge=1, le=10000)] = 1
    """The number of machines that are alike."""
    size: Line | None = None
    """The machine type, by the cloud's name for it."""
    image: Line | None = None
    """The image that its disk is made from."""
    operating_system: Line | None = None
    """The operating system and its version."""
    disk_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The size of its disks in GiB."""
    disk_type: Line | None = None
    """The type of its disks, by the cloud's name for it."""
    spot: bool | None = None
    """Whether the cloud can take it back at short notice."""
    public_address: bool | None = None
    """Whether it has an address on the internet."""
    protected_metadata: bool | None = None
    """Whether programs need a session token to read the metadata of their machine, which contains credentials."""
    patched_every_days: Annotated[int, Field(ge=1, le=365)] | None = None
    """How often its operating system is patched, in days."""
    backup_retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long copies of its disks are kept, in days."""
