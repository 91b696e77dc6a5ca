"""K8S603: pods reach each other only where somebody has permitted it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture

CODE = "K8S603"
TITLE = "Pods can reach each other without a network policy"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every cluster."""
    for name, cluster in architecture.of_kind(KubernetesCluster):
        if cluster.network_policies == "allow-by-default":
            message = f"every pod of '{name}' reaches every other"
            help_ = "set network_policies to deny-by-default; connections of the model say what is permitted"
            path = ("components", name, "network_policies")
            yield Diagnostic(CODE, message, help_, path)
