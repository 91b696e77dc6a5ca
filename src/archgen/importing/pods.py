"""What the containers of a pod state together: what they request, their limits, and the port, if there is only one. Also what nodes are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from archgen.importing.resource import as_list, as_mapping

_QUANTITY = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)(m|k|[KMGTP]i?)?")
_POWERS = "KMGTP"
# Labels of nodes: https://kubernetes.io/docs/reference/labels-annotations-taints/; the first is Karpenter's.
_CAPACITY = "karpenter.sh/capacity-type"
_ARCHITECTURE = "kubernetes.io/arch"
_SIZES = "node.kubernetes.io/instance-type"


def pod_template(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The template of the pods of a workload; an empty mapping if it has none."""
    spec = as_mapping(content.get("spec"))
    job = as_mapping(as_mapping(spec.get("jobTemplate")).get("spec"))
    return as_mapping((job or spec).get("template"))


def of_containers(content: Mapping[str, Any]) -> dict[str, Any]:
    """`requests` and `limits` with `cpu` and `memory` of all containers of a workload together, and `port`, as far as they state them."""
    containers = [as_mapping(c) for c in as_list(as_mapping(pod_template(content).get("spec")).get("containers"))]
    found: dict[str, Any] = {}
    for key in ("requests", "limits"):
        sums = {what: _sum(containers, key, what) for what in ("cpu", "memory")}
        found[key] = {what: text for what, text in sums.items() if text}
    ports = [as_mapping(port) for container in containers for port in as_list(container.get("ports"))]
    if (
        len(ports) == 1
        and ports[0].get("protocol", "TCP") == "TCP"
        and type(only := ports[0].get("containerPort")) is int
    ):
        found["port"] = only
    return found


def of_nodes(content: Mapping[str, Any]) -> dict[str, Any]:
    """`capacity`, `architecture` and `sizes` of the nodes that a NodePool of Karpenter adds, as far as it states them.

    Where it allows both capacities, Karpenter prefers Spot: https://karpenter.sh/docs/concepts/nodepools/.
    """
    if not str(content.get("apiVersion")).startswith("karpenter.sh/"):
        return {}
    stated = as_list(
        as_mapping(as_mapping(as_mapping(content.get("spec")).get("template")).get("spec")).get("requirements")
    )
    allowed = {
        str(one.get("key")): sorted(value for value in as_list(one.get("values")) if isinstance(value, str))
        for one in map(as_mapping, stated)
        if one.get("operator") == "In"
    }
    capacities, processors = allowed.get(_CAPACITY, []), allowed.get(_ARCHITECTURE, [])
    found: dict[str, Any] = {"sizes": allowed.get(_SIZES, [])}
    found |= {"capacity": next((c for c in ("spot", "on-demand") if c in capacities), "")}
    return found | {"architecture": processors[0] if len(processors) == 1 else ""}


def _sum(containers: list[Mapping[str, Any]], key: str, what: str) -> str:
    """The sum of an amount in the units of a model; empty if a container does not state it."""
    amounts = [quantity(_amount(as_mapping(container.get("resources")), key, what)) for container in containers]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts):
        return ""
    return as_processors(sum(known, Fraction())) if what == "cpu" else as_memory(sum(known, Fraction()))


def _amount(resources: Mapping[str, Any], key: str, what: str) -> Any:
    """What a container states; a container with only a limit requests that: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/."""
    stated = as_mapping(resources.get(key)).get(what)
    return as_mapping(resources.get("limits")).get(what) if stated is None else stated


def quantity(value: Any) -> Fraction | None:
    """The number that a quantity such as `250m` or `1Gi` stands for; None if it is not one."""
    match = _QUANTITY.fullmatch(str(value)) if isinstance(value, (str, int, float)) else None
    if match is None or isinstance(value, bool):
        return None
    number, unit = Fraction(match[1]), match[2] or ""
    if unit == "m":
        return number / 1000
    return number * (1024 if unit.endswith("i") else 1000) ** (_POWERS.index(unit[0].upper()) + 1) if unit else number


def as_processors(amount: Fraction) -> str:
    """Processors in the form of a model, such as `2` or `250m`; empty for fractions of a thousandth."""
    if amount.denominator == 1:
        return str(amount)
    return f"{amount * 1000}m" if (amount * 1000).denominator == 1 else ""


def as_memory(amount: Fraction) -> str:
    """Memory in the form of a model, such as `512Mi` or `2Gi`; empty if it is not a whole number of MiB."""
    mebibytes = amount / 1024**2
    if mebibytes.denominator != 1:
        return ""
    return f"{mebibytes / 1024}Gi" if mebibytes and (mebibytes / 1024).denominator == 1 else f"{mebibytes}Mi"
