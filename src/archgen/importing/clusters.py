"""The cluster that Kubernetes objects are in: its namespaces with their limits, and which components run on it.

Objects do not say which cluster they are in. If the files have one cluster, it is that one; if they have none, it is that of the model. A
model without a cluster gets one, with everything about it assumed that objects do not state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from archgen.catalog import catalog
from archgen.catalog.kubernetes_types import PREFIX, limits_of
from archgen.importing.known import CLUSTER
from archgen.importing.node_pools import pools_of_objects
from archgen.importing.placing import FoundComponent, PlacedResources, slug
from archgen.importing.pods import as_memory, as_processors, quantity
from archgen.importing.resource import Resource, value_at
from archgen.kinds.kubernetes_cluster import KubernetesCluster, Namespace

_OF_SYSTEM = ("kube-system", "kube-public", "kube-node-lease", "default")
_NOT_STATED = ("network_policies", "workload_identity", "secrets_encryption", "signed_images_only")
_ALL_APPLY = ("quota.", "limit_range.max_")
_UNENFORCED = "privileged"  # without a label, a namespace enforces no standard


def is_object(component: FoundComponent) -> bool:
    """Whether a component consists of Kubernetes objects."""
    return component.resources[0].type.startswith(PREFIX)


def with_cluster(
    placed: PlacedResources,
    components: Mapping[str, dict[str, Any]],
    cloud: str,
    clusters: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """The components of a model, in which those that are Kubernetes objects run on the cluster.

    `clusters` has the namespaces of each cluster that the model has already. Of one that the files do not have, only the namespaces are
    returned. If it is not known which of several clusters it is, components get neither a cluster nor a namespace.
    """
    on_cluster = [component.id for component in placed.components if is_object(component)]
    namespaces = namespaces_of(placed)
    pools = {id_: pool.facts for id_, pool in pools_of_objects(placed).items()}
    if not on_cluster and not namespaces and not pools:
        return dict(components)
    in_files = [component.id for component in placed.components if component.kind == CLUSTER]
    known = in_files or _clusters_with(namespaces, clusters)
    if len(known) > 1:
        return {id_: _inside(facts, ()) if id_ in on_cluster else facts for id_, facts in components.items()}
    id_of_cluster = known[0] if known else next(name for name in _names() if name not in components)
    in_model = {"kind": CLUSTER} if known else _assumed_cluster(cloud)
    cluster = dict(components.get(id_of_cluster) or in_model)
    if pools:
        cluster["node_pools"] = {**cluster.get("node_pools", {}), **pools}
    if namespaces or not pools:
        cluster["namespaces"] = namespaces
    others = {
        id_: {**_first(facts), "runs_on": id_of_cluster, **_inside(facts, namespaces)} if id_ in on_cluster else facts
        for id_, facts in components.items()
        if id_ != id_of_cluster
    }
    return {id_of_cluster: cluster, **others}


def _clusters_with(namespaces: Collection[str], clusters: Mapping[str, frozenset[str]]) -> list[str]:
    """The clusters of a model that have namespaces of the objects; all of them if none has."""
    return [id_ for id_, known in clusters.items() if known & {*namespaces}] or list(clusters)


def _inside(facts: dict[str, Any], namespaces: Collection[str]) -> dict[str, Any]:
    """What is known about a component, with its namespace only if the model has that."""
    return {key: value for key, value in facts.items() if key != "namespace" or value in namespaces}


def _names() -> Iterator[str]:
    yield "cluster"
    yield from (f"cluster-{number}" for number in range(2, 1000))


def _first(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that come before the cluster that a component runs on."""
    return {key: facts[key] for key in ("kind", "title", "product") if key in facts}


def _assumed_cluster(cloud: str) -> dict[str, Any]:
    product = next(iter(catalog().products_for(CLUSTER, cloud)), "kubernetes")
    fields = KubernetesCluster.model_fields
    assumed = {"product": product, "endpoint": "private", **{key: fields[key].default for key in _NOT_STATED}}
    return {"kind": CLUSTER, "title": "Cluster", **assumed, "assumed": list(assumed)}


# -- limits --------------------------------------------------------------------------------------------------


def namespaces_of(placed: PlacedResources) -> dict[str, dict[str, Any]]:
    """The namespaces of all objects, without those of Kubernetes itself, each with the limits that objects state for it."""
    names = {
        str(name)
        for component in placed.components
        for resource in component.resources
        if is_object(component) and (name := value_at(resource.values, "metadata.namespace"))
    }
    limits = limits_in(placed)
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(name for name in {*names, *limits} - {*_OF_SYSTEM} if slug(name) == name):
        facts = found.setdefault(name, {})
        for setting, (value, _resource, _field) in limits.get(name, {}).items():
            outer, _, inner = setting.partition(".")
            if inner:
                facts.setdefault(outer, {})[inner] = value
            else:
                facts[outer] = value
        if "pod_security" not in facts:
            found[name] = {
                **facts,
                "pod_security": Namespace.model_fields["pod_security"].default,
                "assumed": ["pod_security"],
            }
    return found


Limit = tuple[Any, Resource, str]  # the value in the form of a model, the object that states it, and its field


def limits_in(placed: PlacedResources) -> dict[str, dict[str, Limit]]:
    """What objects state about each namespace, by setting of the namespace."""
    found: dict[str, dict[str, Limit]] = defaultdict(dict)
    for resource in placed.by_role.get("limit", ()):
        is_namespace = resource.type == f"{PREFIX}namespace"
        name = resource.name if is_namespace else next(iter(resource.modules), "")
        if not name:
            continue
        stated = found[name]  # also a namespace without any limit
        for setting, field in limits_of(resource.type).items():
            value = value_at_field(resource, field)
            if value is None and is_namespace:
                value = _UNENFORCED
            if (converted := _converted(setting, value)) is None:
                continue
            if setting not in stated or _is_tighter(setting, converted, stated[setting][0]):
                stated[setting] = (converted, resource, field)
    return found


def _is_tighter(setting: str, value: Any, other: Any) -> bool:
    """Whether a second object states a tighter limit: all quotas and maximums of a namespace apply, but only one of its defaults."""
    if not setting.startswith(_ALL_APPLY):
        return False
    one, two = quantity(value), quantity(other)
    return one is not None and two is not None and one < two


def value_at_field(resource: Resource, field: str) -> Any:
    """The value of a field of an object; in a path, `~` stands for a dot that belongs to a key."""
    value: Any = resource.values
    for step in field.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _converted(setting: str, value: Any) -> Any:
    """A limit in the form of a model; None if it cannot have this value."""
    if setting == "pod_security":
        return value if value in ("privileged", "baseline", "restricted") else None
    amount = quantity(value)
    if amount is None:
        return None
    if setting.endswith("memory"):
        return as_memory(amount) or None
    if setting.endswith("cpu"):
        return as_processors(amount) or None
    return int(amount) if amount.denominator == 1 and amount >= 1 else None
