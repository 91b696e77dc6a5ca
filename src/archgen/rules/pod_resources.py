"""K8S604: pods say what they need, and namespaces say what all of it may come to."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture

CODE = "K8S604"
TITLE = "Pods have no resource requests, or a namespace has no limits"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every service, and every namespace of every cluster."""
    for name, service in architecture.of_kind(Service):
        missing = _missing(service)
        if missing is not None:
            message = f"the pods of '{name}' do not say what they need"
            help_ = "give resources: requests with cpu and memory, limits with memory"
            yield Diagnostic(CODE, message, help_, ("components", name, *missing))
    for name, cluster in architecture.of_kind(KubernetesCluster):
        for id_, namespace in cluster.namespaces.items():
            lacking = [key for key in ("quota", "limit_range") if getattr(namespace, key) is None]
            if lacking:
                message = f"the namespace '{id_}' has no {' and no '.join(lacking)}"
                path = ("components", name, "namespaces", id_)
                yield Diagnostic(CODE, message, f"add {' and '.join(lacking)}", path)


def _missing(service: Service) -> tuple[str, ...] | None:
    """The part of a service's settings that says too little; None where all is said."""
    resources = service.resources
    if resources is None:
        return ()
    if resources.requests.cpu is None or resources.requests.memory is None:
        return ("resources", "requests")
    return ("resources", "limits") if resources.limits.memory is None else None
