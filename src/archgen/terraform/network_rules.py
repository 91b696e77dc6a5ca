"""What networks must permit for the connections of a model: security groups, firewalls and network policies all start from here."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.clouds.gcp import GcpNetwork
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE, Component
from archgen.model.connections import Connection
from archgen.model.derived import once
from archgen.records import dataclass

INTERNET = "0.0.0.0/0"

# Clients with a connector or a proxy of the vendor ask its API first: https://docs.cloud.google.com/sql/docs/postgres/sql-proxy
_API_PORT = 443


@dataclass(frozen=True, slots=True)
class NetworkRule:
    """What one connection of the model needs from networks: the ports of its other end, and the address ranges of both ends.

    `connection` is the ID of the connection, `tail` the component that opens it, and `head` the one that answers. Ranges are empty if
    the model does not state them.
    """

    connection: str
    tail: str
    head: str
    ports: tuple[int, ...]
    transport: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]


@once
def network_rules(a: Architecture) -> tuple[NetworkRule, ...]:
    """The rules of all connections that have a port, sorted by the IDs of these."""
    return tuple(rule for c in sorted(a.traffic, key=lambda c: c.id) for rule in _rules(a, c))


def _rules(a: Architecture, c: Connection) -> Iterator[NetworkRule]:
    if not c.call.port:
        return
    head = a.components[c.head]
    transport = "UDP" if c.call.protocol in ("udp", "dns", "ntp", "syslog") else "TCP"
    sources, targets = source_ranges(a, c.tail), target_ranges(a, c.head)
    if isinstance(head, RelationalDatabase) and head.client_connection != "direct":
        yield NetworkRule(c.id, c.tail, c.head, (_API_PORT,), "TCP", sources, api_ranges(a))
    yield NetworkRule(c.id, c.tail, c.head, (c.call.port,), transport, sources, targets)


def source_ranges(a: Architecture, name: str) -> tuple[str, ...]:
    """The address ranges from which a component opens connections; empty if they are not known."""
    component = a.components[name]
    product = a.product(component)
    if product and product.source_ranges:
        return product.source_ranges
    place = a.place(component)
    return () if place in (EDGE, MANAGED) else _ranges_at(a, component, place)


def target_ranges(a: Architecture, name: str) -> tuple[str, ...]:
    """The address ranges at which a component answers; empty if they are not known."""
    component = a.components[name]
    place = a.place(component)
    return api_ranges(a) if place in (EDGE, MANAGED) else _ranges_at(a, component, place)


def api_ranges(a: Architecture) -> tuple[str, ...]:
    """The address ranges of the interfaces of the cloud: one private address, or any."""
    network = a.network_facts(GcpNetwork)
    if network and network.private_service_connect:
        return (f"{network.private_service_connect.address}/32",)
    return (INTERNET,)


def pod_ranges(a: Architecture, cluster: KubernetesCluster) -> tuple[str, ...]:
    """The address ranges of the pods of a cluster: alias ranges of its nodes, or the subnets of its nodes."""
    pods = a.secondary_ranges.get("pods")
    return (pods,) if pods else a.subnets_of(cluster.nodes_in)


def _ranges_at(a: Architecture, component: Component, place: str) -> tuple[str, ...]:
    host = a.components.get(component.runs_on or "")
    if isinstance(host, KubernetesCluster):
        return pod_ranges(a, host)
    if site := a.document.sites.get(a.site_of(component) or ""):
        return site.ranges
    if network := a.document.networks.get(a.network_of(component) or ""):
        return (network.cidr,) if network.cidr else ()
    return (INTERNET,) if place == OUTSIDE else a.subnets_of(place)
