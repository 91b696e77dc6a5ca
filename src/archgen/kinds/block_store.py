"""Disks."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class BlockStore(Component):
    """Disks that are attached to machines."""

    label = "Disks"
    used_to = "store"
    inherent = Traits(stateful=True, keeps_data=True, redundancy="zonal")
    aliases = ("volume", "disk", "EBS", "persistent disk", "persistent volume")
    data_store = True
    size_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The size of a disk in GiB."""
    type: Line | None = None
    """The type of a disk, by the cloud's name for it."""
    operations_per_second: Annotated[int, Field(ge=1, le=10000000)] | None = None
    """The number of reads and writes per second that is set aside."""
    throughput_mib_per_second: Annotated[int, Field(ge=1, le=1000000)] | None = None
    """The throughput in MiB per second that is set aside."""
    snapshot_retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long snapshots are kept, in days."""
