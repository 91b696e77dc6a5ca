"""A managed Kubernetes cluster with its node pools."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from archgen.catalog import clouds
from archgen.model.base import IDENTIFYING, AnyRange, Cpu, Entity, Id, Line, Listed, Memory, Text, TierId, Version
from archgen.model.component import Component, Member


class NodeCount(Entity):
    """How many nodes a pool has in each zone."""

    min: Annotated[int, Field(ge=0)]
    max: Annotated[int, Field(ge=1)]


class NodePool(Entity):
    """Nodes of one shape."""

    capacity: Literal["on-demand", "spot"]
    architecture: Literal["arm64", "amd64"]
    sizes: Listed[Line] = ()
    """Instance or machine types."""
    nodes_per_zone: NodeCount | None = None
    """Left out where an autoscaler decides alone."""


class Quota(Entity):
    """What all pods of a namespace may take together."""

    requests_cpu: Cpu | None = None
    requests_memory: Memory | None = None
    limits_memory: Memory | None = None
    pods: Annotated[int, Field(ge=1)] | None = None


class LimitRange(Entity):
    """What a container gets that asks for nothing, and the most that it may ask for."""

    default_request_cpu: Cpu | None = None
    default_request_memory: Memory | None = None
    default_limit_memory: Memory | None = None
    max_cpu: Cpu | None = None
    max_memory: Memory | None = None


class Namespace(Entity):
    """A namespace of the cluster."""

    purpose: Text | None = None
    pod_security: Literal["privileged", "baseline", "restricted"] = "restricted"
    """The standard of Kubernetes that Pod Security Admission holds pods to."""
    quota: Quota | None = None
    limit_range: LimitRange | None = None


class KubernetesCluster(Component):
    """A Kubernetes control plane that the cloud runs, and the nodes under it."""

    label = "Kubernetes cluster"
    aliases = ("k8s", "Kubernetes")
    keeps_data = True
    version: Version | None = None
    """Kubernetes version, in quotes."""
    endpoint: Literal["private", "allowlist", "public"]
    """Who reaches the API server: the network only, a list of ranges, or anyone with credentials."""
    endpoint_ranges: Annotated[Listed[AnyRange], IDENTIFYING] = ()
    """The ranges of an allowlist."""
    mode: Literal["standard", "autopilot"] | None = None
    """GKE's mode of operation; other products have none."""
    nodes_in: TierId = "app"
    """The tier that the nodes are in."""
    node_pools: dict[Id, NodePool] = {}
    namespaces: dict[Id, Namespace] = {}
    network_policies: Literal["deny-by-default", "allow-by-default"] = "deny-by-default"
    """What holds between pods where no connection of the model permits more."""
    workload_identity: bool = True
    """Whether pods get identities of the cloud, without keys."""
    secrets_encryption: bool = True
    """Whether secrets in etcd are encrypted with a key of our own."""
    signed_images_only: bool = False
    """Whether admission refuses images without a valid signature."""

    def copies(self, zones: int) -> int | None:
        """The zones with nodes that stay; None where the cloud brings nodes by itself."""
        if self.mode == "autopilot" or not self.node_pools:
            return None
        stays = (p for p in self.node_pools.values() if p.capacity == "on-demand")
        return zones if any(not p.nodes_per_zone or p.nodes_per_zone.min for p in stays) else 0

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """One node group in every zone for each pool; none for a pool that stands by without nodes."""
        facts = clouds()[cloud]
        for name, pool in self.node_pools.items():
            if pool.capacity == "on-demand" and pool.nodes_per_zone and pool.nodes_per_zone.min == 0:
                continue
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
