"""K8S605: no namespace allows privileged pods."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture

CODE = "K8S605"
TITLE = "Pods in a namespace can take over their node"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each namespace with privileged pods."""
    for name, cluster in architecture.of_kind(KubernetesCluster):
        for id_, namespace in cluster.namespaces.items():
            if namespace.pod_security == "privileged":
                message = f"pods in the namespace '{id_}' can take over the node that they run on"
                path = ("components", name, "namespaces", id_, "pod_security")
                yield Diagnostic(
                    CODE, message, "set pod_security: restricted, or baseline if that is not possible", path
                )
