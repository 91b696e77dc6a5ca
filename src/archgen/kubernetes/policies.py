"""Network policies: everything is denied, except for the connections of the model and what every cluster needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.node_autoscaler import NodeAutoscaler
from archgen.kinds.service import Service
from archgen.kubernetes.objects import NOTES, Object, instance, kubernetes_object, namespace_of, pods_of
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.records import dataclass
from archgen.terraform.network_rules import NetworkRule, api_ranges, network_rules
from archgen.terraform.permissions import caller_roles

# Name servers at addresses of the node: Cloud DNS and NodeLocal DNSCache.
_NODE_DNS = ("169.254.169.254/32", "169.254.20.10/32")
_SYSTEM = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}


@dataclass
class _Rules:
    """The rules of the pods of one component, with the connections that they are for."""

    ingress: list[Object] = field(default_factory=list)
    egress: list[Object] = field(default_factory=list)
    admitted: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def network_policies(a: Architecture, cluster: str) -> Iterator[Object]:
    """The policies of a cluster: for each namespace, everything denied and names looked up; for each component, its connections.

    Empty for a cluster that allows everything by default.
    """
    component = a.components[cluster]
    assert isinstance(component, KubernetesCluster)
    if component.network_policies != "deny-by-default":
        return
    pods = pods_of(a, cluster)
    for namespace in sorted({*component.namespaces, *map(namespace_of, pods.values())}):
        yield from _of_namespace(namespace)
    rules = list(network_rules(a))
    for name, guest in pods.items():
        yield _policy(name, guest, _rules_of(a, component, pods, name, rules))


def _of_namespace(namespace: str) -> Iterator[Object]:
    deny = kubernetes_object("networking.k8s.io/v1", "NetworkPolicy", "default.deny", namespace)
    yield {**deny, "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}
    servers = [{**_SYSTEM, "podSelector": {"matchLabels": {"k8s-app": app}}} for app in ("kube-dns", "node-local-dns")]
    peers = [*servers, *map(_block, _NODE_DNS)]
    ports = [{"protocol": transport, "port": 53} for transport in ("UDP", "TCP")]
    dns = kubernetes_object("networking.k8s.io/v1", "NetworkPolicy", "default.dns", namespace)
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": peers, "ports": ports}]}
    yield {**dns, "spec": spec}


def _policy(name: str, guest: Component, rules: _Rules) -> Object:
    notes = {"ingress": rules.admitted, "egress": rules.opened, "unknown-address": rules.unknown}
    annotations = {f"{NOTES}/{key}": ", ".join(dict.fromkeys(ids)) for key, ids in notes.items() if ids}
    made = kubernetes_object("networking.k8s.io/v1", "NetworkPolicy", name, namespace_of(guest), annotations)
    spec: Object = {"podSelector": instance(name), "policyTypes": ["Ingress", "Egress"]}
    if rules.ingress:
        spec["ingress"] = rules.ingress
    if rules.egress:
        spec["egress"] = rules.egress
    return {**made, "spec": spec}


def _rules_of(
    a: Architecture, cluster: KubernetesCluster, pods: dict[str, Component], name: str, rules: Iterable[NetworkRule]
) -> _Rules:
    found = _Rules()
    for rule in rules:
        if rule.head == name:
            peers = _peers(pods, rule.tail, rule.sources)
            _add(found.ingress, "from", peers, rule, found.admitted, found.unknown)
        if rule.tail == name:
            peers = _peers(pods, rule.head, rule.targets)
            _add(found.egress, "to", peers, rule, found.opened, found.unknown)
    guest = pods[name]
    if not isinstance(guest, Service):
        _add_controller(a, cluster, name, found)
    if _needs_credentials(a, name, guest):
        for address, ports in a.facts.pod_credentials.items():
            found.egress.append({"to": [_block(address)], "ports": [_port("TCP", port) for port in ports]})
    return found


def _add(
    into: list[Object], key: str, peers: list[Object], rule: NetworkRule, noted: list[str], unknown: list[str]
) -> None:
    """Add a rule, or note that the other end's address is not known."""
    if not peers:
        unknown.append(rule.connection)
        return
    noted.append(rule.connection)
    into.append({key: peers, "ports": [_port(rule.transport, port) for port in rule.ports]})


def _peers(pods: dict[str, Component], name: str, ranges: Iterable[str]) -> list[Object]:
    """The other end of a connection: pods of a component, or address ranges."""
    if name not in pods:
        return [_block(range_) for range_ in ranges]
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": namespace_of(pods[name])}}
    return [{"namespaceSelector": namespace, "podSelector": instance(name)}]


def _add_controller(a: Architecture, cluster: KubernetesCluster, name: str, found: _Rules) -> None:
    """What an add-on needs besides its calls: its own parts, the API of the cluster, its webhook, and the cloud that it manages."""
    same = {"podSelector": instance(name)}
    found.ingress.append({"from": [same]})
    found.egress.append({"to": [same]})
    nodes = a.subnets_of(cluster.nodes_in)
    services = a.secondary_ranges.get("services")
    api = [*nodes, *((services,) if services else a.facts.service_ranges)]
    if api:
        found.egress.append({"to": [_block(range_) for range_ in api], "ports": [_port("TCP", 443)]})
    product = a.product(a.components[name])
    if product and product.webhook_port:
        callers = [*map(_block, nodes), _SYSTEM]
        found.ingress.append({"from": callers, "ports": [_port("TCP", product.webhook_port)]})
    managed = [
        c
        for c in sorted(a.traffic_from(name), key=lambda c: c.id)
        if c.by_api and c.head not in dict(a.guests(_host(a, name)))
    ]
    if managed or isinstance(a.components[name], NodeAutoscaler):  # it creates machines, whatever it states
        found.opened += [c.id for c in managed]
        found.egress.append({"to": [_block(range_) for range_ in api_ranges(a)], "ports": [_port("TCP", 443)]})


def _host(a: Architecture, name: str) -> str:
    return a.components[name].runs_on or ""


def _needs_credentials(a: Architecture, name: str, guest: Component) -> bool:
    """Whether pods ask the cloud for credentials: services whose calls need roles, and add-ons that call the cloud."""
    if isinstance(guest, Service):
        return bool(caller_roles(a, name))
    if isinstance(guest, NodeAutoscaler):
        return True
    return any(a.place(a.components[head]) not in ("outside", *a.tiers) for head in a.called_by(name))


def _block(range_: str) -> Object:
    block: Object = {"cidr": range_}
    return {"ipBlock": block}


def _port(transport: str, port: int) -> Object:
    return {"protocol": transport, "port": port}
