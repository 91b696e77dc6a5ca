"""The regions of a cloud, and the regions that a component is in.

Regions have neutral IDs, so that one statement about a component holds on clouds whose regions have different names.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from archgen.model.base import Entity, Listed, Region, Zone
from archgen.records import dataclass

HOME = "home"  # the region that each cloud has
RECOVERY = "recovery"  # the region to recover in
RegionRole = Literal["active", "passive"]


class FurtherRegion(Entity):
    """A region of a cloud in addition to the one that it is usually in."""

    name: Region
    """The name that the cloud has for it."""
    role: RegionRole | None = None
    """`active`: components in it work all the time. `passive`: they are used only after a failover. By default active, and passive
    for the region `recovery`."""
    availability_zones: Listed[Zone] = ()
    """The zones in use, if they are known."""


class RegionUse(Entity):
    """What a component does in one of its regions."""

    role: RegionRole | None = None
    """`active`: it works there all the time. `passive`: it is used there only after a failover. By default the role of the region."""


@dataclass(frozen=True, slots=True)
class PlacedRegion:
    """A region of a cloud: its ID in the model, its name, its role and its zones."""

    id: str
    name: str
    role: RegionRole
    zones: tuple[str, ...]


def regions_of(
    home: str, zones: tuple[str, ...], recovery: str | None, further: Mapping[str, FurtherRegion]
) -> Iterator[PlacedRegion]:
    """The regions of a cloud: `home`, the recovery region, and the further ones in the order of the model."""
    yield PlacedRegion(HOME, home, "active", zones)
    if recovery and RECOVERY not in further:
        yield PlacedRegion(RECOVERY, recovery, "passive", ())
    for id_, region in further.items():
        role = region.role or ("passive" if id_ == RECOVERY else "active")
        yield PlacedRegion(id_, region.name, role, region.availability_zones)
