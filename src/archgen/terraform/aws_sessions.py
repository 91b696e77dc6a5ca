"""Facts about the machines on which sessions of people end on AWS, and about who may call the API of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds.remote_access import RemoteAccess
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.terraform.aws_subnets import module_role

PRODUCT = "session-manager"


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about sessions that expressions can use."""
    return {"session_machine": lambda way: session_machine(a, way)}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"session_machine": (str,)}


def session_machine(a: Architecture, way: str) -> str | None:
    """The name of the machine on which the sessions of a way in end; None if it needs none in a private tier of the network."""
    component = a.components[way]
    if not isinstance(component, RemoteAccess) or not needs_machine(a, component):
        return None
    return component.instance or a.identifier(way)


def needs_machine(a: Architecture, component: Component) -> bool:
    """Whether sessions end on a machine in a private tier, for which the stack of the network can create a group."""
    if not isinstance(component, RemoteAccess) or PRODUCT not in a.products_of(component):
        return False
    tiers = [place for place in component.endpoint_in if place in a.tiers]
    return component.form in (None, "session") and any(module_role(a, tier) == "private" for tier in tiers)
