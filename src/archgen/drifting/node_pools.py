"""Compares the node pools of clusters. How many nodes there are right now is never a difference: only their limits are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgen.diagnostics.diagnostic import Path
from archgen.drifting.findings import Uncompared
from archgen.drifting.settings import NOT_SET, Compared, compare_value, difference
from archgen.drifting.stated import StatedModel
from archgen.importing.known import CLUSTER
from archgen.importing.node_pools import FoundPool, id_of_pool, pools_of_objects
from archgen.importing.placing import FoundComponent, PlacedResources, slug
from archgen.kinds.kubernetes_cluster import KubernetesCluster

_SILENT = "the file does not state it"


def compare_node_pools(
    model: StatedModel, id_: str, found: FoundComponent, pools: Mapping[str, FoundPool]
) -> Iterator[Compared]:
    """Every node pool of a cluster that its resources state, and those of the model that they do not have.

    The latter may be pools of an autoscaler, which objects of Kubernetes state.
    """
    cluster = model.here.components[id_]
    top: Path = ("components", id_, "node_pools")
    if not isinstance(cluster, KubernetesCluster) or not cluster.node_pools:
        yield from (Compared((*top, name), stated=False) for name in pools)
        return
    left = [*cluster.node_pools]
    for name, pool in pools.items():
        same = next((other for other in left if other in _ids_of(name, pool, found.named, model)), None)
        if same is None:
            facts = pool.facts
            actual = ", ".join((f"{facts['capacity']} {facts['architecture']}", *facts.get("sizes", ())))
            drift = difference(model, (*top, name), NOT_SET, actual, (pool.resource.address,), "")
            yield Compared((*top, name), drift)
        else:
            left.remove(same)
            yield from _compare_pool(model, (*top, same), pool)
    for name in left if pools else ():
        reason = "none of the files has a node pool with this name"
        yield Compared((*top, name), unknown=Uncompared((*top, name), found.addresses[0], reason))


def compare_pools_of_objects(model: StatedModel, placed: PlacedResources) -> Iterator[Compared]:
    """Every node pool that objects of an autoscaler state, if one cluster of the model has it."""
    clusters = {
        id_: component
        for id_, component in model.here.components.items()
        if component.kind == CLUSTER and isinstance(component, KubernetesCluster)
    }
    for name, pool in pools_of_objects(placed).items():
        having = [id_ for id_, cluster in clusters.items() if name in cluster.node_pools]
        if len(having) == 1:
            yield from _compare_pool(model, ("components", having[0], "node_pools", name), pool)


def _ids_of(id_: str, pool: FoundPool, cluster: str, model: StatedModel) -> set[str]:
    """The IDs that a pool of the model can have to be this one."""
    environment = model.coordinate.environment
    return {id_, *map(slug, pool.names), *(id_of_pool(name, cluster, environment) for name in pool.names)}


def _compare_pool(model: StatedModel, top: Path, pool: FoundPool) -> Iterator[Compared]:
    for setting, (value, source) in pool.stated.items():
        address, _, attribute = source.partition(": ")
        yield compare_value(model, (*top, *setting.split(".")), value, (address,), attribute)
    for setting in pool.assumed:
        path = (*top, *setting.split("."))
        if model.value(path)[1]:
            yield Compared(path, unknown=Uncompared(path, pool.resource.address, _SILENT))
