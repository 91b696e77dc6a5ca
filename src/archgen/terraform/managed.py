"""Which components archgen's Terraform creates, so that its defaults are facts about them."""

from __future__ import annotations

from archgen.model.architecture import Architecture
from archgen.terraform.bindings import bindings


def managed(a: Architecture) -> frozenset[str]:
    """The ids of the components that a module of one of the model's stacks is applied to at this coordinate."""
    terraform = a.document.terraform
    modules = {module for stack in terraform.stacks.values() for module in stack.modules} if terraform else set()
    known = bindings(a.coordinate.cloud) if modules else {}
    return frozenset(name for id_ in modules if id_ in known for name in known[id_].components(a))
