"""Connections that network policies of Kubernetes permit between workloads."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.catalog.kubernetes_types import PREFIX
from archgen.importing.placing import FoundComponent, PlacedResources
from archgen.importing.resource import Resource, as_mapping

_POLICY = f"{PREFIX}network_policy"

# The component that opens a connection, the other one, the address of the policy, and the port; 0 if it is not the only one.
PermittedWay = tuple[FoundComponent, FoundComponent, str, int]


def permitted_ways(placed: PlacedResources) -> Iterator[PermittedWay]:
    """The connections that rules of policies permit. A rule that selects all pods says nothing about one of them."""
    for policy in placed.by_role.get("firewall", ()):
        if policy.type != _POLICY:
            continue
        pods = _components(placed, policy, "pods")
        for rule in policy.references:
            way = rule.partition("_")[0]
            if way in ("ingress", "egress"):
                port = as_mapping(policy.values.get("ports")).get(rule, 0)
                for peer in _components(placed, policy, rule):
                    for pod in pods:
                        yield (
                            (peer, pod, policy.address, port) if way == "ingress" else (pod, peer, policy.address, port)
                        )


def _components(placed: PlacedResources, policy: Resource, rule: str) -> list[FoundComponent]:
    found = (placed.component_of(workload) for workload in placed.index.from_(policy, rule))
    return [component for component in found if component is not None]
