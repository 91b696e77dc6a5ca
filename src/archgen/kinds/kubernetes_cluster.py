"""A managed Kubernetes cluster with its node pools."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from archgen.model.base import (
    IDENTIFYING,
    AnyRange,
    Cpu,
    Entity,
    Id,
    Line,
    Listed,
    Memory,
    Text,
    TierId,
    Version,
    refuse_disorder,
)
from archgen.model.component import Component, Member
from archgen.model.traits import Traits


class NodeCount(Entity):
    """The limits for the number of nodes of a pool in each zone."""

    min: Annotated[int, Field(ge=0)]
    max: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        refuse_disorder(self, "min", "max")
        return self


class NodePool(Entity):
    """A group of nodes with the same settings."""

    capacity: Literal["on-demand", "spot"]
    architecture: Literal["arm64", "amd64"]
    sizes: Listed[Line] = ()
    """The instance or machine types."""
    nodes_per_zone: NodeCount | None = None
    """The number of nodes in each zone; left out if an autoscaler decides."""


class Quota(Entity):
    """The limits for all pods of a namespace together."""

    requests_cpu: Cpu | None = None
    requests_memory: Memory | None = None
    limits_memory: Memory | None = None
    pods: Annotated[int, Field(ge=1)] | None = None


class LimitRange(Entity):
    """The default requests and limits of a container, and the maximum that it may request."""

    default_request_cpu: Cpu | None = None
    default_request_memory: Memory | None = None
    default_limit_memory: Memory | None = None
    max_cpu: Cpu | None = None
    max_memory: Memory | None = None


class Namespace(Entity):
    """A namespace of the cluster."""

    purpose: Text | None = None
    pod_security: Literal["privileged", "baseline", "restricted"] = "restricted"
    """The Pod Security Standard that admission enforces."""
    quota: Quota | None = None
    limit_range: LimitRange | None = None


class KubernetesCluster(Component):
    """A Kubernetes control plane managed by the cloud, and its nodes."""

    label = "Kubernetes cluster"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=True, restarts="guests")
    aliases = ("k8s", "Kubernetes")
    version: Version | None = None
    """The Kubernetes version, in quotes."""
    upgrade_channel: Line | None = None
    """The channel of automatic upgrades, by the cloud's name for it."""
    endpoint: Literal["private", "allowlist", "public"]
    """Who can reach the API server: the network only, a list of address ranges, or anyone."""
    endpoint_ranges: Annotated[Listed[AnyRange], IDENTIFYING] = ()
    """The address ranges of the allowlist."""
    mode: Literal["standard", "autopilot"] | None = None
    """The mode of operation, for a product that has several."""
    nodes_in: TierId = "app"
    """The tier that the nodes are in."""
    node_pools: dict[Id, NodePool] = {}
    namespaces: dict[Id, Namespace] = {}
    network_policies: Literal["deny-by-default", "allow-by-default"] = "deny-by-default"
    """The default between pods; connections of the model allow more."""
    workload_identity: bool = True
    """Whether pods get cloud identities without stored keys."""
    secrets_encryption: bool = True
    """Whether secrets in etcd are encrypted with a customer-managed key."""
    signed_images_only: bool = False
    """Whether admission rejects images without a valid signature."""

    def copies(self, zones: int) -> int | None:
        """The number of zones with nodes that are not Spot capacity; None if the cloud adds nodes itself."""
        if self.mode == "autopilot" or not self.node_pools:
            return None
        stays = (p for p in self.node_pools.values() if p.capacity == "on-demand")
        return zones if any(not p.nodes_per_zone or p.nodes_per_zone.min for p in stays) else 0

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """A node group in every zone for each pool, except for on-demand pools with a minimum of no nodes."""
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
                    primary=not spot,
                    nodes=pool.capacity,
                )

    def tier_of_members(self) -> str:
        """The tier that contains the nodes; the control plane is in no tier."""
        return self.nodes_in
