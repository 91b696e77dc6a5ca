"""Facts about virtual machines on Compute Engine: their images and subnets, and how groups of them are scaled, repaired and reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archgen.kinds._on_demand import VirtualMachine, VirtualMachineGroup
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.connections import Connection
from archgen.terraform.google_run import subnet_name

GROUP, MACHINE = "managed-instance-group", "compute-engine"
# The forms that refer to an image or a family of another project: https://docs.cloud.google.com/compute/docs/images/image-families-best-practices
_IMAGE = re.compile(r"(?:.*/)?projects/([^/]+)/global/images/(?:family/)?([^/]+)|([^/]+)/([^/]+)")
# The values that the API has if a signal states no target: https://docs.cloud.google.com/compute/docs/reference/rest/v1/autoscalers
_CPU_TARGET, _BALANCER_TARGET = 0.6, 0.8
# How long a machine has to start before it is repaired, in seconds.
_STARTING = 300
_UPDATES = {"automatic": "PROACTIVE", "manual": "OPPORTUNISTIC"}


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about virtual machines that expressions can use."""
    return {
        "image_name": image_name,
        "image_project": lambda image: image_project(a, image),
        "machine_subnet": lambda component: machine_subnet(a, component),
        "group_backends": lambda balancer: group_backends(a, balancer),
        "group_health": lambda component: group_health(a, component),
        "group_ports": lambda component: group_ports(a, component),
        "group_scaling": lambda component: group_scaling(a, component),
        "group_updates": lambda component: group_updates(a, component),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "image_name": (str,),
    "image_project": (str,),
    "machine_subnet": (str,),
    "group_backends": (str,),
    "group_health": (str,),
    "group_ports": (str,),
    "group_scaling": (str,),
    "group_updates": (str,),
}


def image_name(image: str) -> str:
    """The name of an image or of a family of images, without its project."""
    match = _IMAGE.fullmatch(image)
    return (match[2] or match[4]) if match else image


def image_project(a: Architecture, image: str) -> str:
    """The project that an image of Compute Engine is in; that of the environment if the image names none."""
    match = _IMAGE.fullmatch(image)
    return (match[1] or match[3]) if match else a.home


def machine_subnet(a: Architecture, component: str) -> str:
    """The name of the subnet of a machine. Raises ValueError if it is not placed in a tier that has one."""
    subnet = subnet_name(a, component)
    if subnet is None:
        raise ValueError(
            "it is not placed in a tier with a subnet, in which machines have their addresses; the tier of managed services has none"
        )
    return subnet


def group_scaling(a: Architecture, component: str) -> dict[str, Any]:
    """Whether a group is scaled, and by what, as inputs of the module.

    The model states the metric, but no target of it, so CPU and requests have the targets that the API has by default.
    """
    group = _group(a, component)
    scaled = group.min != group.max and group.scale_by != "none"
    by_cpu, by_requests = scaled and group.scale_by == "cpu", scaled and group.scale_by == "requests"
    return {
        "cpu": [{"predictive_method": "NONE", "target": _CPU_TARGET}] if by_cpu else [],
        "enabled": scaled,
        "requests": [{"target": _BALANCER_TARGET}] if by_requests else [],
    }


def needs_signal(a: Architecture) -> bool:
    """Whether a group is scaled by something of which the model does not state enough."""
    groups = [group for _name, group in a.of_kind(VirtualMachineGroup) if group.product == GROUP]
    return any(g.min != g.max and g.scale_by not in ("cpu", "requests", "none") for g in groups)


def group_ports(a: Architecture, component: str) -> list[dict[str, Any]]:
    """The named ports of a group: those at which load balancers call it."""
    found = {_port_name(c): {"name": _port_name(c), "port": c.call.port} for c in _calls_to(a, component)}
    return [found[name] for name in sorted(found)]


def group_health(a: Architecture, component: str) -> dict[str, Any] | None:
    """The check after which machines of a group are replaced: whether a connection to the port of their load balancer opens.

    None if only the state of the machine counts, if machines are not repaired, or if no load balancer calls the group: the firewall lets
    probes reach only ports of load balancers. The model states no path for requests.
    """
    group, ports = _group(a, component), group_ports(a, component)
    if group.health_check not in ("load-balancer", "application") or group.repairs is False or not ports:
        return None
    return {
        "check_interval_sec": 30,
        "enable_logging": False,
        "healthy_threshold": 1,
        "host": "",
        "initial_delay_sec": _STARTING,
        "port": ports[0]["port"],
        "proxy_header": "NONE",
        "request": "",
        "request_path": "",
        "response": "",
        "timeout_sec": 10,
        "type": "tcp",
        "unhealthy_threshold": 5,
    }


def needs_probe(a: Architecture) -> bool:
    """Whether machines of a group are replaced after a check of what they run, which the model does not state."""
    groups = [(name, group) for name, group in a.of_kind(VirtualMachineGroup) if group.product == GROUP]
    return any(
        group.health_check in ("load-balancer", "application") and group.repairs is not False and not group_ports(a, n)
        for n, group in groups
    )


def group_updates(a: Architecture, component: str) -> list[dict[str, Any]]:
    """How machines get new settings, as a list of one; empty if the model does not state whether they do so by themselves."""
    group = _group(a, component)
    if group.updates is None:
        return []
    policy: dict[str, Any] = {"minimal_action": (group.update_by or "replace").upper(), "type": _UPDATES[group.updates]}
    return [policy if group.max_unavailable is None else {**policy, "max_unavailable_fixed": group.max_unavailable}]


def group_backends(a: Architecture, balancer: str) -> dict[str, dict[str, Any]]:
    """The backends of a load balancer: the groups of machines that it calls, by names that no other load balancer has.

    Each group is the ID of its component.
    """
    stated = a.components[balancer]
    logs = isinstance(stated, LoadBalancer) and bool(stated.access_logs)
    return {
        f"{balancer}-{c.head}": {
            "enable_cdn": False,
            "groups": [{"group": c.head}],
            "health_check": _balanced_health(stated, c),
            "log_config": {"enable": logs, "sample_rate": 1 if logs else None},
            "port": c.call.port,
            "port_name": _port_name(c),
            "protocol": _protocol(c),
        }
        for c in sorted(group_calls(a, balancer), key=lambda c: c.head)
    }


def group_calls(a: Architecture, balancer: str) -> list[Connection]:
    """The connections of a load balancer to groups of machines that have a port."""
    return [c for c in a.traffic_from(balancer) if _is_group(a, c.head) and c.call.port]


def _balanced_health(balancer: Component, c: Connection) -> dict[str, Any]:
    """What a load balancer asks a group: the path that the model states, or whether a connection to the port opens."""
    backend = balancer.backends.get(c.key) if isinstance(balancer, LoadBalancer) else None
    port = (backend.health_port if backend else None) or c.call.port
    if backend is None or not backend.health:
        return {"port": port, "protocol": "TCP"}
    return {"port": port, "protocol": _protocol(c), "request_path": backend.health}


def _protocol(c: Connection) -> str:
    return "HTTPS" if c.call.protocol == "https" else "HTTP"


def without_image(a: Architecture) -> bool:
    """Whether a machine or a group of machines has no image in the model."""
    groups = [not group.image for _name, group in a.of_kind(VirtualMachineGroup) if group.product == GROUP]
    machines = [not machine.image for _name, machine in a.of_kind(VirtualMachine) if machine.product == MACHINE]
    return any((*groups, *machines))


def _group(a: Architecture, component: str) -> VirtualMachineGroup:
    group = a.components[component]
    assert isinstance(group, VirtualMachineGroup)
    return group


def _is_group(a: Architecture, name: str) -> bool:
    component = a.components.get(name)
    return isinstance(component, VirtualMachineGroup) and component.product == GROUP


def _calls_to(a: Architecture, group: str) -> Iterator[Connection]:
    """The connections of load balancers to a group that have a port."""
    for connection in a.traffic_to(group):
        if isinstance(a.components.get(connection.tail), LoadBalancer) and connection.call.port:
            yield connection


def _port_name(connection: Connection) -> str:
    return f"port-{connection.call.port}"
