"""Namespaces with their Pod Security Standards, quotas and limit ranges."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.kinds.kubernetes_cluster import KubernetesCluster, LimitRange, Namespace, Quota
from archgen.kubernetes.objects import Object, kubernetes_object, without_empty
from archgen.model.architecture import Architecture


def namespaces(a: Architecture, cluster: str) -> Iterator[Object]:
    """A Namespace for each namespace of a cluster, with a ResourceQuota and a LimitRange if the model states them."""
    component = a.components[cluster]
    assert isinstance(component, KubernetesCluster)
    for name, namespace in sorted(component.namespaces.items()):
        yield _namespace(name, namespace, component.version)
        if namespace.quota and (hard := _hard(namespace.quota)):
            yield {**kubernetes_object("v1", "ResourceQuota", "quota", name), "spec": {"hard": hard}}
        if namespace.limit_range and (limits := _limits(namespace.limit_range)):
            item = {"type": "Container", **limits}
            yield {**kubernetes_object("v1", "LimitRange", "limits", name), "spec": {"limits": [item]}}


def _namespace(name: str, namespace: Namespace, version: str | None) -> Object:
    made = kubernetes_object("v1", "Namespace", name, None)
    prefix, level = "pod-security.kubernetes.io", namespace.pod_security
    labels: dict[str, str] = {f"{prefix}/{mode}": level for mode in ("audit", "enforce", "warn")}
    if version:
        labels[f"{prefix}/enforce-version"] = f"v{version}"
    made["metadata"]["labels"] = labels
    return made


def _hard(quota: Quota) -> Object:
    return without_empty(
        {
            "requests.cpu": quota.requests_cpu,
            "requests.memory": quota.requests_memory,
            "limits.memory": quota.limits_memory,
            "pods": None if quota.pods is None else str(quota.pods),
        }
    )


def _limits(limits: LimitRange) -> Object:
    request = {"cpu": limits.default_request_cpu, "memory": limits.default_request_memory}
    return without_empty(
        {
            "default": without_empty({"memory": limits.default_limit_memory}),
            "defaultRequest": without_empty(request),
            "max": without_empty({"cpu": limits.max_cpu, "memory": limits.max_memory}),
        }
    )
