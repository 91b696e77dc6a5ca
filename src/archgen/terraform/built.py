"""Whether a stack has a module."""

from __future__ import annotations

from archgen.model.architecture import Architecture
from archgen.model.derived import once


def builds(a: Architecture, module: str) -> bool:
    """Whether a stack of this coordinate has a module, by the id of its binding."""
    return module in _built(a)


@once
def _built(a: Architecture) -> frozenset[str]:
    """The ids of the bindings that any stack names."""
    terraform = a.document.terraform
    stacks = terraform.stacks.values() if terraform else ()
    return frozenset(reference.partition("@")[0] for stack in stacks for reference in stack.modules)
