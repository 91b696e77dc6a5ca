"""K8S605: no namespace lets pods do as they please with their node."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture

CODE = "K8S605"
TITLE = "Pods in a namespace may take over their node"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every namespace of every cluster."""
    for name, cluster in architecture.of_kind(KubernetesCluster):
        for id_, namespace in cluster.namespaces.items():
            if namespace.pod_security == "privileged":
                message = f"pods in '{id_}' may take over the node that they run on"
                path = ("components", name, "namespaces", id_, "pod_security")
                yield Diagnostic(CODE, message, "set pod_security to restricted, or baseline where it must be", path)
