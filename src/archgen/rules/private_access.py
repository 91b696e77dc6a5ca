"""NET110: calls to services of the cloud do not pass through NAT, which charges for every gibibyte."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.catalog import endpoints
from archgen.clouds.aws import AwsNetwork
from archgen.clouds.gcp import GcpNetwork
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.registry import Registry
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "NET110"
TITLE = "Calls to the cloud provider's services go through NAT"
SEVERITY = "info"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each AWS service in use without a VPC endpoint, or for Google APIs without a private address."""
    network = architecture.document.network
    clusters = [
        name for name, cluster in architecture.of_kind(KubernetesCluster) if cluster.nodes_in in architecture.tiers
    ]
    if network is None or not clusters:
        return
    cloud = architecture.coordinate.cloud
    if google := architecture.network_facts(GcpNetwork):
        if google.private_service_connect is None:
            message = "calls to Google APIs go through Cloud NAT"
            help_ = "add `private_service_connect` with `target` and `address`"
            yield Diagnostic(CODE, message, help_, ("network", cloud))
        else:
            yield Passed(("network", cloud, "private_service_connect"))
    if amazon := architecture.network_facts(AwsNetwork):
        for name, users in _needed(architecture).items():
            if name not in amazon.endpoints:
                message = f"calls to {endpoints()[name].name} for {', '.join(users[:3])} go through NAT"
                yield Diagnostic(CODE, message, f"add {name} to `endpoints`", ("network", cloud, "endpoints"))
            else:
                yield Passed(("network", cloud, "endpoints", name))


def _needed(architecture: Architecture) -> dict[str, list[str]]:
    """The ids of endpoints for products that are called from inside the network, each with the ids of their components."""
    inside = {n for n, c in architecture.components.items() if c.runs_on or architecture.place(c) in architecture.tiers}
    called = {c.head for c in architecture.traffic if c.tail in inside}
    needed: dict[str, list[str]] = {}
    for name, component in architecture.components.items():
        product = architecture.product(component)
        nodes_call = isinstance(component, (KubernetesCluster, Registry))
        for endpoint in product.endpoints if product and (nodes_call or name in called) else ():
            needed.setdefault(endpoint, []).append(name)
    return needed
