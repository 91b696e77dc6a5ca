"""Whether a stack has a module."""

from __future__ import annotations

from archgen.model.architecture import Architecture


def builds(a: Architecture, module: str) -> bool:
    """Whether a stack of this coordinate has a module, by the id of its binding."""
    terraform = a.document.terraform
    stacks = terraform.stacks.values() if terraform else ()
    return any(reference.partition("@")[0] == module for stack in stacks for reference in stack.modules)
