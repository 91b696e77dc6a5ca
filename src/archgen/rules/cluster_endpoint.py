"""K8S601: the API server of a production cluster is not open to everyone."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "K8S601"
TITLE = "The API server of a production cluster is reachable from anywhere"
SEVERITY = "error"
ABSENCE: dict[str, str] = {}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production cluster with a public API server."""
    for name, cluster in architecture.of_kind(KubernetesCluster) if architecture.environment.production else ():
        everyone = [range_ for range_ in cluster.endpoint_ranges if range_ in ("0.0.0.0/0", "::/0")]
        if cluster.endpoint == "public" or (cluster.endpoint == "allowlist" and everyone):
            message = f"anyone on the internet can reach the API server of '{name}' in production"
            help_ = "set `endpoint: private`, or `allowlist` with the ranges that need access"
            path = ("components", name, "endpoint" if cluster.endpoint == "public" else "endpoint_ranges")
            yield Diagnostic(CODE, message, help_, path)
        else:
            yield Passed(("components", name, "endpoint"))
