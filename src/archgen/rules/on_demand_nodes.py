"""HA203: production clusters have nodes that are not Spot capacity."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster, NodePool
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "HA203"
TITLE = "All nodes of a production cluster can be reclaimed at once"
SEVERITY = "error"
ABSENCE = {"nodes_per_zone": "Without limits, an autoscaler adds nodes of the pool when they are needed."}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production cluster all of whose nodes can be reclaimed, if it has node pools."""
    if not architecture.environment.production:
        return
    for name, cluster in architecture.of_kind(KubernetesCluster):
        if not cluster.node_pools:
            continue
        if not any(map(_has_permanent_nodes, cluster.node_pools.values())):
            message = f"the cloud can reclaim every node of '{name}' in production"
            help_ = "add a pool with on-demand capacity and at least one node in each zone"
            lowered = [pool for pool, facts in cluster.node_pools.items() if facts.capacity == "on-demand"][:1]
            path = (*lowered, "nodes_per_zone", "min") if lowered else ()
            yield Diagnostic(CODE, message, help_, ("components", name, "node_pools", *path))
        else:
            yield Passed(("components", name, "node_pools"))


def _has_permanent_nodes(pool: NodePool) -> bool:
    """Whether some nodes always run; a pool without limits counts, because its autoscaler adds nodes when they are needed."""
    return pool.capacity == "on-demand" and (pool.nodes_per_zone is None or pool.nodes_per_zone.min > 0)
