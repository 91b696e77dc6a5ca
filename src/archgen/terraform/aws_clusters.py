"""Which services in containers are on Fargate, and in which cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds._on_demand import ContainerCluster, ContainerService
from archgen.model.architecture import Architecture
from archgen.terraform.built import builds

# What a cluster states as the capacity of Fargate.
SERVERLESS = ("serverless", "serverless-spot")


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about clusters of ECS that expressions can use."""
    return {
        "is_serverless": lambda cluster: is_serverless(a, cluster),
        "in_fargate_cluster": lambda service: in_fargate_cluster(a, service),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"is_serverless": (str,), "in_fargate_cluster": (str,)}


def is_serverless(a: Architecture, cluster: str) -> bool:
    """Whether all capacity of a cluster is that of Fargate, as far as the model states it."""
    component = a.components[cluster]
    return isinstance(component, ContainerCluster) and {*component.capacity} <= {*SERVERLESS}


def cluster_of(a: Architecture, service: str) -> str | None:
    """The cluster of ECS that a service is in: what it runs on, the one that starts it, or the only one; None if there is none."""
    clusters = sorted(
        name for name, c in a.of_kind(ContainerCluster) if c.product == "ecs" and c.home in (None, a.home)
    )
    starting = [c.tail for c in a.traffic_to(service) if c.kind == "control" and c.tail in clusters]
    stated = [host for host in (a.components[service].runs_on, *starting) if host in clusters]
    return stated[0] if stated else clusters[0] if len(clusters) == 1 else None


def on_fargate(a: Architecture, service: str) -> bool:
    """Whether a service runs on Fargate: by its product, or because its cluster has no other capacity."""
    product = a.components[service].product
    if product != "ecs-service":
        return product == "fargate"
    name = cluster_of(a, service) or ""
    cluster = a.components.get(name)
    return isinstance(cluster, ContainerCluster) and bool(cluster.capacity) and is_serverless(a, name)


def in_fargate_cluster(a: Architecture, service: str) -> bool:
    """Whether a service runs on Fargate, and its cluster has no other capacity, because archgen makes no cluster that has."""
    cluster = cluster_of(a, service)
    return on_fargate(a, service) and (cluster is None or is_serverless(a, cluster))


def is_service_made(a: Architecture, service: str) -> bool:
    """Whether a stack makes a service on Fargate in this account."""
    home = a.components[service].home in (None, a.home)
    return home and builds(a, "ecs-service") and in_fargate_cluster(a, service)


def lacks_machines(a: Architecture) -> bool:
    """Whether a cluster of ECS has capacity of machines, which no stack makes."""
    return any(c.product == "ecs" and not is_serverless(a, name) for name, c in a.of_kind(ContainerCluster))


def lacks_capacity(a: Architecture) -> bool:
    """Whether a service is not made because the model does not state that its cluster has the capacity of Fargate only."""
    services = (name for name, c in a.of_kind(ContainerService) if c.product in ("ecs-service", "fargate"))
    return any(not in_fargate_cluster(a, name) for name in services)
