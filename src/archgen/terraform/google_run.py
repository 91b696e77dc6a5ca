"""Facts about what runs on Google Cloud without a cluster: containers of Cloud Run, who may reach them, and their subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.clouds.gcp import GcpNetwork
from archgen.kinds._on_demand import ContainerService, Function
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture
from archgen.terraform.built import builds
from archgen.terraform.recovery import unique


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about what runs without a cluster that expressions can use."""
    return {
        "run_container": lambda component, version: run_container(a, component, version),
        "function_config": lambda component: function_config(a, component),
        "only_balanced": lambda component: only_balanced(a, component),
        "run_backends": lambda balancer: run_backends(a, balancer),
        "firewall_of": lambda balancer: firewall_of(a, balancer),
        "subnet_name": lambda component: subnet_name(a, component),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "run_container": (str, str),
    "function_config": (str,),
    "only_balanced": (str,),
    "run_backends": (str,),
    "firewall_of": (str,),
    "subnet_name": (str,),
}


def run_container(a: Architecture, component: str, version: str) -> dict[str, Any]:
    """The container of a service on Cloud Run: its image at a version (a tag, or a digest that begins with sha256:), port and resources.

    With a path for health, it gets requests only after that path has answered. Raises ValueError if the model does not state the image.
    """
    service = a.components[component]
    if not isinstance(service, ContainerService) or not service.image:
        raise ValueError("the model does not state the `image` of the service")
    limits = {
        "cpu": f"{service.cpu:g}" if service.cpu else None,
        "memory": f"{service.memory_mib}Mi" if service.memory_mib else None,
    }
    port = _container_port(a, service)
    stated = {
        "ports": {"container_port": port} if port else None,
        "resources": {"limits": {k: v for k, v in limits.items() if v}} if any(limits.values()) else None,
        "startup_probe": {"http_get": {"path": service.health}} if service.health else None,
    }
    separator = "@" if version.startswith("sha256:") else ":"
    return {
        "container_image": f"{service.image}{separator}{version}",
        **{key: value for key, value in stated.items() if value is not None},
    }


def function_config(a: Architecture, component: str) -> dict[str, Any]:
    """The memory, processors, timeout and instances of a function; without what the model does not state.

    The module keeps an instance ready and gives it a processor by default. Cloud Run functions keep none unless the model states it, and
    need more processors for much memory.
    """
    function = a.components[component]
    assert isinstance(function, Function)
    memory = function.memory_mib
    stated = {
        "available_cpu": _processors(memory) if memory else None,
        "available_memory": f"{memory}Mi" if memory else None,
        "max_instance_count": str(function.max_instances) if function.max_instances else None,
        "min_instance_count": str(function.min_instances or 0),
        "timeout_seconds": str(function.timeout_seconds) if function.timeout_seconds else None,
    }
    return {key: value for key, value in stated.items() if value is not None}


# The memory in MiB that numbers of processors can have at most: https://docs.cloud.google.com/run/docs/configuring/services/memory-limits
_MEMORY_OF = {1: 4096, 2: 8192, 4: 16384, 8: 32768}


def _processors(memory: int) -> str:
    """The fewest processors with which a copy can have this memory in MiB."""
    return str(next((number for number, most in _MEMORY_OF.items() if memory <= most), max(_MEMORY_OF)))


def _container_port(a: Architecture, service: ContainerService) -> int | None:
    """The port of the containers; None if the model has only the port at which Cloud Run itself gets requests."""
    own = a.catalog.products[service.product or ""].ports.values()
    return None if service.port in own else service.port


def only_balanced(a: Architecture, component: str) -> bool:
    """Whether load balancers, and nothing else, call a component; then it must accept requests without an identity."""
    callers = [a.components.get(connection.tail) for connection in a.traffic_to(component)]
    return bool(callers) and all(isinstance(caller, LoadBalancer) for caller in callers)


def run_backends(a: Architecture, balancer: str) -> dict[str, dict[str, Any]]:
    """The backends of a load balancer: the services on Cloud Run that it calls, by names that no other load balancer has.

    The name of each service is the ID of its component.
    """
    stated = a.components[balancer]
    logs = isinstance(stated, LoadBalancer) and bool(stated.access_logs)
    services = [name for name in sorted(a.called_by(balancer)) if a.components[name].product == "cloud-run"]
    return {
        f"{balancer}-{name}": {
            "enable_cdn": False,
            "groups": [],
            "log_config": {"enable": logs, "sample_rate": 1 if logs else None},
            "serverless_neg_backends": [{"region": a.cloud.region, "type": "cloud-run", "service": {"name": name}}],
        }
        for name in services
    }


def firewall_of(a: Architecture, balancer: str) -> str | None:
    """The web application firewall of Cloud Armor whose policy a load balancer has: the one that calls it; None if none does."""
    callers = sorted({connection.tail for connection in a.traffic_to(balancer)})
    found = [name for name in callers if name in a.components and a.components[name].product == "cloud-armor"]
    return found[0] if found and builds(a, "cloud-armor") else None


def subnet_name(a: Architecture, component: str) -> str | None:
    """The name of the subnet of the tier that a component is placed in; None if it is not in the network."""
    tier, gcp = a.place(a.components[component]), a.network_facts(GcpNetwork)
    if gcp is None or tier not in a.tiers or tier in (gcp.private_services_tier, gcp.proxy_tier):
        return None
    return unique(a, f"{a.network_identifier}-{tier}")
