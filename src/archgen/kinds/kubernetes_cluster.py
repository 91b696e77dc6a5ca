"""A managed Kubernetes cluster with its node pools."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from archgen.catalog import clouds
from archgen.kinds.base import Component, Member
from archgen.model.base import Entity, Id, Listed, Text, TierId, Version


class NodeCount(Entity):
    """How many nodes a pool has in each zone."""

    min: Annotated[int, Field(ge=0)]
    max: Annotated[int, Field(ge=1)]


class NodePool(Entity):
    """Nodes of one shape."""

    capacity: Literal["on-demand", "spot"]
    architecture: Literal["arm64", "amd64"]
    sizes: Listed[Text] = ()
    """Instance or machine types."""
    nodes_per_zone: NodeCount | None = None
    """Left out where an autoscaler decides alone."""


class KubernetesCluster(Component):
    """A Kubernetes control plane that the cloud runs, and the nodes under it."""

    label = "Kubernetes cluster"
    version: Version | None = None
    """Kubernetes version, in quotes."""
    endpoint: Literal["private", "allowlist", "public"]
    """Who reaches the API server: the network only, a list of ranges, or anyone with credentials."""
    mode: Literal["standard", "autopilot"] | None = None
    """GKE's mode of operation; other products have none."""
    nodes_in: TierId = "app"
    """The tier that the nodes are in."""
    node_pools: dict[Id, NodePool] = {}

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """One node group in every zone for each pool."""
        facts = clouds()[cloud]
        for name, pool in self.node_pools.items():
            spot = pool.capacity == "spot"
            for zone in range(zones):
                yield Member(
                    name,
                    zone,
                    f"{pool.capacity} {pool.architecture}",
                    label="Spot nodes" if spot else "",
                    product=facts.spot_product if spot else facts.nodes_product,
                    primary=not spot,
                )

    def tier_of_members(self) -> str:
        """Nodes sit in a tier; the control plane does not."""
        return self.nodes_in
