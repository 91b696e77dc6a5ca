"""K8S605: no namespace allows privileged pods."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated

CODE = "K8S605"
TITLE = "Pods in a namespace can take over their node"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each namespace with privileged pods."""
    for name, cluster in architecture.of_kind(KubernetesCluster):
        for id_, namespace in cluster.namespaces.items():
            path = ("components", name, "namespaces", id_, "pod_security")
            if namespace.pod_security == "privileged":
                message = f"pods in the namespace '{id_}' can take over the node that they run on"
                help_ = "set pod_security: restricted, or baseline if that is not possible"
                yield Diagnostic(CODE, message, help_, path)
            else:
                yield passed_if_stated(architecture, *path)
