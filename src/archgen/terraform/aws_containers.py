"""Facts about services on Fargate: their cluster, the size and number of their tasks, and the load balancers in front of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds._on_demand import ContainerCluster, ContainerService
from archgen.kinds.secret_store import SecretStore
from archgen.model.architecture import Architecture
from archgen.terraform.aws_balancing import target_groups_of
from archgen.terraform.aws_clusters import cluster_of, is_service_made
from archgen.terraform.aws_identity import call_statements

_SPOT = "serverless-spot"
# The least and the most memory of a task in MiB, and the steps between them, by its units of processor, of which a virtual processor
# has 1024. With 256 units, it has one of three sizes.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
_UNITS = 1024
_MEMORY: Mapping[int, tuple[int, ...] | range] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
_METRICS = {"cpu": "ECSServiceAverageCPUUtilization", "memory": "ECSServiceAverageMemoryUtilization"}


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about services on Fargate that expressions can use."""
    return {"task": lambda service: task(a, service)}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"task": (str,)}


def task(a: Architecture, service: str) -> dict[str, Any]:
    """The size, ports and number of the tasks of a service, its cluster, and its target groups by load balancer.

    Raises ValueError if the model does not state the cluster, image, size or number, if the image has a version, and for a size that
    Fargate does not have.
    """
    stated = a.components[service]
    assert isinstance(stated, ContainerService)
    cluster = cluster_of(a, service)
    if cluster is None:
        raise ValueError("the model does not state the cluster of the service: state `runs_on`")
    if not stated.image:
        raise ValueError("the model does not state the `image` of the service")
    if {":", "@"} & {*stated.image.rpartition("/")[2]}:
        raise ValueError(
            f"`image` names a version, '{stated.image}': set it as image_version of ecs-service under `set`"
        )
    units, memory = _size(stated)
    least = stated.copies(len(a.zones))
    if least is None:
        raise ValueError("the model does not state the number of copies: state `scaling`")
    groups = target_groups_of(a, service)
    ports = {group["port"] for group in groups.values()} | ({stated.port} if stated.port else set())
    capacity = a.components[cluster]
    assert isinstance(capacity, ContainerCluster)
    return {
        "cluster": cluster,
        "spot": capacity.capacity == (_SPOT,),
        "cpu": units,
        "memory": memory,
        "image": stated.image,
        "ports": sorted(ports),
        "least": least,
        "most": max(least, stated.scaling.max) if stated.scaling else least,
        "scale_by": _METRICS.get(stated.scaling.by) if stated.scaling else None,
        "target_groups": groups,
        "permissions": dict(sorted(call_statements(a, service).items())),
        "read_secrets": _secret_statements(a, service),
    }


def _size(service: ContainerService) -> tuple[int, int]:
    """The units of processor and the memory in MiB of a task. Raises ValueError for a size that Fargate does not have."""
    if service.cpu is None or service.memory_mib is None:
        raise ValueError("the model does not state `cpu` and `memory_mib` of the service")
    units = round(service.cpu * _UNITS)
    if units not in _MEMORY:
        sizes = ", ".join(f"{known / _UNITS:g}" for known in _MEMORY)
        raise ValueError(f"a task on Fargate has {sizes} virtual processors, not {service.cpu:g}")
    if service.memory_mib not in _MEMORY[units]:
        known_sizes = [*_MEMORY[units]]
        among = ", ".join(map(str, known_sizes[:3])) + (f" … {known_sizes[-1]}" if len(known_sizes) > 3 else "")
        raise ValueError(f"a task on Fargate with `cpu: {service.cpu:g}` has {among} MiB, not {service.memory_mib}")
    return units, service.memory_mib


def _secret_statements(a: Architecture, service: str) -> dict[str, dict[str, Any]]:
    """The statements with which tasks get secrets as environment variables when they start, from the stores that the service calls."""
    stores = {name for name in a.called_by(service) if isinstance(a.components[name], SecretStore)}
    keys = {key for name in stores for key in (name, f"{name}-key")}
    return {key: value for key, value in sorted(call_statements(a, service).items()) if key in keys}


# -- what no stack does ----------------------------------------------------------------------------------


def lacks_utilization(a: Architecture) -> bool:
    """Whether a service that a stack makes scales by a utilization that the model does not state."""
    return any(s.target_percent is None and s.by in _METRICS for s in _scaling(a))


def lacks_metric(a: Architecture) -> bool:
    """Whether a service that a stack makes scales by something for which archgen makes no policy."""
    return any(s.by not in _METRICS for s in _scaling(a))


def _scaling(a: Architecture) -> list[Any]:
    made = [c for name, c in a.of_kind(ContainerService) if is_service_made(a, name)]
    return [c.scaling for c in made if c.scaling and c.scaling.max > c.scaling.min]


def lacks_domain_of_services(a: Architecture) -> bool:
    """Whether a cluster has a private domain for its services, which no stack makes."""
    return any(c.product == "ecs" and c.service_discovery_domain for _name, c in a.of_kind(ContainerCluster))
