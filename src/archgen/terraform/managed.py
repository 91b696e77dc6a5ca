"""Which components archgen's Terraform creates, so that its defaults are facts about them."""

from __future__ import annotations

from archgen.model.architecture import Architecture
from archgen.model.remembered import remembered
from archgen.terraform.bindings import find


@remembered
def managed(a: Architecture) -> frozenset[str]:
    """The ids of the components that a module of one of the model's stacks is applied to at this coordinate."""
    terraform = a.document.terraform
    modules = {module for stack in terraform.stacks.values() for module in stack.modules} if terraform else set()
    found = [binding for module in modules if (binding := find(a, module))]
    return frozenset(name for binding in found for name in binding.components(a))
