"""NET110: calls to services of the cloud use addresses in the network, instead of public addresses that AWS reaches over NAT."""

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
TITLE = "Calls to the cloud provider's services use public addresses"
SEVERITY = "info"
ABSENCE = {
    "private_service_connect": "Private addresses of services are a part of the network: the model states all that there are.",
    "network": "Without `network`, there is nothing to check.",
    "nodes_in": "Without a tier of the network, nodes have no subnets.",
    "runs_on": "A component without `runs_on` is where it is placed.",
    "product": "A component without a product has no endpoint of the cloud.",
}


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
            message = "the model states no private address for Google APIs, so calls use their public addresses"
            help_ = "add `private_service_connect` with `target` and `address`"
            yield Diagnostic(CODE, message, help_, ("network", cloud))
        else:
            yield Passed(("network", cloud, "private_service_connect"))
    if amazon := architecture.network_facts(AwsNetwork):
        for name, users in _needed(architecture).items():
            if name not in amazon.endpoints:
                message = f"the model states no endpoint for {endpoints()[name].name}, which is used by {', '.join(users[:3])}"
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
