"""K8S604: pods have resource requests and limits, and namespaces have quotas."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "K8S604"
TITLE = "Pods have no resource requests, or a namespace has no limits"
SEVERITY = "warning"
ABSENCE = {
    "resources": "Pods have the requests and limits that the model states; Kubernetes sets none by default.",
    "cpu": "Pods have the requests and limits that the model states; Kubernetes sets none by default.",
    "memory": "Pods have the requests and limits that the model states; Kubernetes sets none by default.",
}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each service with missing requests or limits, and for each namespace without a quota or a limit range."""
    for name, service in architecture.of_kind(Service):
        missing = _missing(service)
        if missing is not None:
            message = f"the model does not state all resource requests and limits of the pods of '{name}'"
            help_ = "under `resources`, set requests for cpu and memory, and a limit for memory"
            yield Diagnostic(CODE, message, help_, ("components", name, *missing))
        else:
            yield Passed(("components", name, "resources"))
    for name, cluster in architecture.of_kind(KubernetesCluster):
        for id_, namespace in cluster.namespaces.items():
            path = ("components", name, "namespaces", id_)
            lacking = [key for key in ("quota", "limit_range") if getattr(namespace, key) is None]
            if lacking:
                message = f"the model states no {' and no '.join(lacking)} for the namespace '{id_}'"
                yield Diagnostic(CODE, message, f"add {' and '.join(lacking)}", path)
            else:
                yield Passed(path)


def _missing(service: Service) -> tuple[str, ...] | None:
    """The keys of the incomplete part of a service's settings; None if they are complete."""
    resources = service.resources
    if resources is None:
        return ()
    if resources.requests.cpu is None or resources.requests.memory is None:
        return ("resources", "requests")
    return ("resources", "limits") if resources.limits.memory is None else None
