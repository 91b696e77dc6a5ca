"""Facts about machines and groups of them on AWS: their number, health and updates, load balancers in front, and what they may call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds._on_demand import VirtualMachine, VirtualMachineGroup
from archgen.model.architecture import Architecture
from archgen.terraform.aws_balancing import target_groups_of
from archgen.terraform.aws_identity import call_statements
from archgen.terraform.aws_keys import protected
from archgen.terraform.built import builds

_PRODUCT = "ec2-auto-scaling"
# https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html
_METRICS = {"cpu": "ASGAverageCPUUtilization"}


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about machines and groups of them that expressions can use."""
    return {
        "machine_group": lambda component: machine_group(a, component),
        "single_machine": lambda component: single_machine(a, component),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"machine_group": (str,), "single_machine": (str,)}


def machine_group(a: Architecture, component: str) -> dict[str, Any]:
    """The number of machines of a group, what tells that one must be replaced, how all of them are, its target groups and permissions."""
    group = a.components[component]
    assert isinstance(group, VirtualMachineGroup)
    if not group.size:
        raise ValueError("the model does not state the machine type: state `size`")
    least, desired = group.min, group.min if group.desired is None else group.desired
    return {
        "desired": desired,
        "health_check": "ELB" if group.health_check == "load-balancer" else "EC2",
        "least": least,
        "most": group.max,
        "permissions": dict(sorted(call_statements(a, component).items())),
        "refresh": _refresh(group, group.max if _is_scaled(group) else desired),
        "repairs": group.repairs is not False,
        "scale_by": _METRICS.get(group.scale_by or ""),
        "scaled": _is_scaled(group),
        "size": group.size,
        "spot": bool(group.spot),
        "target_groups": target_groups_of(a, component),
    }


def single_machine(a: Architecture, component: str) -> dict[str, Any]:
    """The number of machines that are alike, their type and address, the target groups that they are in, and their permissions."""
    machine = a.components[component]
    assert isinstance(machine, VirtualMachine)
    if not machine.size:
        raise ValueError("the model does not state the machine type: state `size`")
    return {
        "count": machine.count,
        "permissions": dict(sorted(call_statements(a, component).items())),
        "public_address": machine.public_address,
        "size": machine.size,
        "spot": bool(machine.spot),
        "target_groups": target_groups_of(a, component),
        "tokens": "optional" if machine.protected_metadata is False else "required",
    }


def _is_scaled(group: VirtualMachineGroup) -> bool:
    """Whether something changes the number of machines between applies."""
    return group.max > group.min and group.scale_by != "none"


def _refresh(group: VirtualMachineGroup, machines: int) -> dict[str, int | None] | None:
    """The shares of machines that must and may be in service while all are replaced, in percent; None if they are replaced by hand.

    `machines` is their greatest number, because a share that fits fewer of them lets more be missing. AWS rounds the share that must be in
    service up to whole machines. If none may be missing, a new machine starts before an old one ends, which AWS does if the upper limit is
    stated as 100.
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
    """
    if group.updates != "automatic":
        return None
    missing = group.max_unavailable
    if missing is None or not machines:
        return {"least_percent": None, "most_percent": None}
    needed = max(0, machines - missing)
    share = 100 * needed // machines
    share += -(-machines * share // 100) < needed  # of more than a hundred machines, a percent can be several
    return {"least_percent": share, "most_percent": 100 if share == 100 else None}


# -- what no stack does ----------------------------------------------------------------------------------


def lacks_image(a: Architecture) -> bool:
    """Whether a group of machines that a stack makes has no image in the model."""
    return any(not group.image for group in _made(a).values())


def lacks_image_of_machine(a: Architecture) -> bool:
    """Whether a machine that a stack makes has no image in the model."""
    return any(not machine.image for _name, machine in a.of_kind(VirtualMachine) if machine.product == "ec2")


def lacks_machine_utilization(a: Architecture) -> bool:
    """Whether a group scales by a utilization, whose target the model cannot state."""
    return any(_is_scaled(group) and group.scale_by in _METRICS for group in _made(a).values())


def lacks_machine_metric(a: Architecture) -> bool:
    """Whether a group scales by something for which archgen makes no policy."""
    return any(_is_scaled(group) and group.scale_by not in _METRICS for group in _made(a).values())


def lacks_balancer(a: Architecture) -> bool:
    """Whether a load balancer should tell which machines of a group must be replaced, but no stack registers them with one."""
    by_balancer = (name for name, group in _made(a).items() if group.health_check == "load-balancer")
    return any(not target_groups_of(a, name) for name in by_balancer)


def lacks_key_user(a: Architecture) -> bool:
    """Whether the policy of a key that encrypts disks of a group cannot name the role of Auto Scaling: it has the account's number."""
    return builds(a, "kms") and not a.home_number and any(protected(a, name) for name in _made(a))


def _made(a: Architecture) -> dict[str, VirtualMachineGroup]:
    """The groups of machines that stacks make in this account, by ID."""
    if not builds(a, "autoscaling"):
        return {}
    return {n: g for n, g in a.of_kind(VirtualMachineGroup) if g.product == _PRODUCT and g.home in (None, a.home)}
