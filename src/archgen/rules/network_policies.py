"""K8S603: network policies of clusters deny by default."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated

CODE = "K8S603"
TITLE = "Pods can reach each other without a network policy"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each cluster whose pods can reach each other by default."""
    for name, cluster in architecture.of_kind(KubernetesCluster):
        path = ("components", name, "network_policies")
        if cluster.network_policies == "allow-by-default":
            message = f"all pods of '{name}' can reach each other"
            help_ = "set network_policies: deny-by-default; the model's connections determine what is allowed"
            yield Diagnostic(CODE, message, help_, path)
        else:
            yield passed_if_stated(architecture, *path)
