"""Facts about the charts that the module eks-addons installs: their releases have the names that policies and runbooks expect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.remembered import remembered

# The products that the module installs, by their inputs `enable_…`.
PRODUCTS = (
    "argo-cd",
    "aws-load-balancer-controller",
    "cert-manager",
    "cluster-autoscaler",
    "external-dns",
    "external-secrets",
    "fluent-bit",
    "metrics-server",
)


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about charts that expressions can use."""
    return {"eks_charts": lambda cluster: eks_charts(a, cluster)}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"eks_charts": (str,)}


def eks_charts(a: Architecture, cluster: str) -> dict[str, dict[str, str]]:
    """The name of the release of each chart that the team runs on a cluster, and its namespace if the model states one; by product.

    A release has the ID of its component, because network policies select the pods of a component by the name of their release.
    """
    found: dict[str, dict[str, str]] = {}
    for name, component in _run_by_us(a, cluster):
        if component.product in PRODUCTS:
            place = {"namespace": component.namespace} if component.namespace else {}
            found.setdefault(component.product, {"name": name, **place})
    return found


def _run_by_us(a: Architecture, cluster: str) -> list[tuple[str, Component]]:
    """What the team runs on a cluster, sorted by ID; also components that do not say on which cluster they run."""
    by_host = _run_by_us_by_host(a)
    return sorted([*by_host.get(None, ()), *by_host.get(cluster, ())], key=lambda pair: pair[0])


@remembered
def _run_by_us_by_host(a: Architecture) -> Mapping[str | None, list[tuple[str, Component]]]:
    """What the team runs, by the cluster that it runs on; every cluster looks up its own."""
    by_host: dict[str | None, list[tuple[str, Component]]] = {}
    for name, component in a.components.items():
        if component.run_by == "us":
            by_host.setdefault(component.runs_on, []).append((name, component))
    return by_host
