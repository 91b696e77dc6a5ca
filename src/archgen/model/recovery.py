"""What a model says of an environment after a failover to its recovery region."""

from __future__ import annotations

from collections.abc import Iterable

from archgen.model.coordinate import Coordinate
from archgen.model.document import Document
from archgen.model.regions import PlacedRegion


def recovered(
    document: Document, coordinate: Coordinate, regions: Iterable[PlacedRegion], name: str
) -> Document | None:
    """The document with the name, the zones and the address range of the region `name` as those of the environment.

    It is None if the cloud does not have the region or the environment, and if there is a network without a range for the region.
    """
    region = next((region for region in regions if region.name == name), None)
    cloud = coordinate.cloud
    environment, stated = document.environments[coordinate.environment], document.clouds[cloud]
    home = environment.on(cloud)
    if region is None or home is None or (document.network and not home.recovery_cidr):
        return None
    here: dict[str, object] = {"region": region.name, "availability_zones": region.zones}
    here |= {"recovery_region": None, "regions": {}}
    there = environment.model_copy(update={cloud: home.model_copy(update={"cidr": home.recovery_cidr})})
    return document.model_copy(
        update={
            "clouds": {**document.clouds, cloud: stated.model_copy(update=here)},
            "environments": {**document.environments, coordinate.environment: there},
        }
    )
