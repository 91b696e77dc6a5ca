"""HA203: in production, a cluster with Spot nodes has nodes that cannot be taken away."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster, NodePool
from archgen.model.architecture import Architecture

CODE = "HA203"
TITLE = "All nodes of a production cluster can be reclaimed at once"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every cluster of production that has node pools."""
    if not architecture.environment.production:
        return
    for name, cluster in architecture.of_kind(KubernetesCluster):
        if cluster.node_pools and not any(map(_stays, cluster.node_pools.values())):
            message = f"'{name}' has no node in production that the cloud may not take away"
            help_ = "add a pool of on-demand capacity with at least one node in each zone"
            lowered = [pool for pool, facts in cluster.node_pools.items() if facts.capacity == "on-demand"][:1]
            path = (*lowered, "nodes_per_zone", "min") if lowered else ()
            yield Diagnostic(CODE, message, help_, ("components", name, "node_pools", *path))


def _stays(pool: NodePool) -> bool:
    """Whether some of its nodes are always there; where an autoscaler decides alone, they are when they are needed."""
    return pool.capacity == "on-demand" and (pool.nodes_per_zone is None or pool.nodes_per_zone.min > 0)
