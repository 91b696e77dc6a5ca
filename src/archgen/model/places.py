"""Places in addition to the environment's network: further networks, and sites outside the cloud."""

from collections.abc import Iterator, Mapping
from typing import Literal

from archgen.model.base import (
    Cidr,
    ComponentId,
    Entity,
    HomeId,
    Id,
    Identifier,
    Line,
    Listed,
    NetworkId,
    RegionId,
    SiteRange,
    Text,
)

SiteForm = Literal["data-center", "office", "partner", "saas", "other"]
FORMS: Mapping[SiteForm, str] = {
    "data-center": "Data center",
    "office": "Office",
    "partner": "Partner",
    "saas": "Software as a service",
    "other": "Site",
}


class Site(Entity):
    """A place outside the cloud, such as a data center or a partner."""

    name: Line
    form: SiteForm
    """What it is. Only a data center and an office are ours."""
    purpose: Text | None = None
    ranges: Listed[SiteRange] = ()
    """The address ranges that it uses, if they are known."""


TierRole = Literal["public", "private", "isolated", "intra", "database"]
# What a role says about access to the internet: the values of `internet` that agree with it.
ROLES: Mapping[TierRole, tuple[str, ...]] = {
    "public": ("both",),
    "private": ("outbound", "none"),
    "isolated": ("none",),
    "intra": ("none",),
    "database": ("outbound", "none"),
}


class NetworkTier(Entity):
    """A tier of a further network."""

    name: Line
    purpose: Text | None = None
    internet: Literal["both", "outbound", "none"] = "none"
    """`both`: can be reached from the internet. `outbound`: can reach the internet through NAT. `none`: neither."""
    role: TierRole | None = None
    """Which subnets it becomes; by default, this follows from `internet`."""

    @property
    def label(self) -> str:
        """Its name, with its role if the model states one that the name does not say."""
        return self.name if not self.role or self.role in self.name.lower() else f"{self.name} ({self.role})"


class FurtherNetwork(Entity):
    """A network in addition to those of the environments, such as one for shared services."""

    name: Line
    purpose: Text | None = None
    identifier: Identifier | None = None
    """The literal name of its cloud resources."""
    home: HomeId | None = None
    """The account, project or subscription that it is in; by default that of the environment."""
    region: RegionId | None = None
    """The region that it is in; by default `home`."""
    cidr: Cidr | None = None
    """Its address range, if it is known."""
    routed_by: ComponentId | None = None
    """What forwards traffic between the links of this network, such as a firewall. Without it, the network leads nowhere else."""
    internet_through: NetworkId | None = None
    """The further network through which its outbound traffic reaches the internet, such as a hub with a firewall."""
    tiers: dict[Id, NetworkTier] = {}
    """Its tiers; `placement: network/tier` puts a component into one."""


# In `joins` of a link, the network of each environment.
ENVIRONMENT = "environment"
# In `through` of a call, the way that needs no link.
INTERNET = "internet"


def further_places(networks: Mapping[str, FurtherNetwork], sites: Mapping[str, Site]) -> Iterator[str]:
    """What `placement` can name besides the tiers of the environment's network: sites, and tiers of further networks."""
    yield from sites
    for id_, network in networks.items():
        yield id_
        yield from (f"{id_}/{tier}" for tier in network.tiers)
