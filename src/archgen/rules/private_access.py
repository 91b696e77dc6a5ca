"""NET110: calls to the cloud's own services do not leave through NAT, where every gibibyte costs."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.catalog import endpoints
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.registry import Registry
from archgen.model.architecture import Architecture

CODE = "NET110"
TITLE = "Calls to the cloud's own services leave through NAT"
SEVERITY = "info"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """On AWS each service that the architecture uses has an endpoint, on Google Cloud its APIs a private address."""
    network = architecture.document.network
    clusters = [
        name for name, cluster in architecture.of_kind(KubernetesCluster) if cluster.nodes_in in architecture.tiers
    ]
    if network is None or not clusters:
        return
    if architecture.coordinate.cloud == "gcp":
        if network.gcp.private_service_connect is None:
            message = "calls to Google's APIs leave through Cloud NAT"
            help_ = "add private_service_connect with a target and an address"
            yield Diagnostic(CODE, message, help_, ("network", "gcp"))
        return
    for name, users in _needed(architecture).items():
        if name not in network.aws.endpoints:
            message = f"calls of {', '.join(users[:3])} to {endpoints()[name].name} leave through NAT"
            yield Diagnostic(CODE, message, f"add {name} to endpoints", ("network", "aws", "endpoints"))


def _needed(architecture: Architecture) -> dict[str, list[str]]:
    """The endpoints that products in use are called through from inside the network, each with the components that are those."""
    inside = {n for n, c in architecture.components.items() if c.runs_on or architecture.place(c) in architecture.tiers}
    called = {c.head for c in architecture.connections if c.tail in inside}
    needed: dict[str, list[str]] = {}
    for name, component in architecture.components.items():
        product = architecture.product(component)
        nodes_call = isinstance(component, (KubernetesCluster, Registry))
        for endpoint in product.endpoints if product and (nodes_call or name in called) else ():
            needed.setdefault(endpoint, []).append(name)
    return needed
