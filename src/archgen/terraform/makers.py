"""Which stacks make the resources of a component, and the name that they give them."""

from __future__ import annotations

from archgen.model.architecture import Architecture
from archgen.terraform.bindings import find, makes


def makers_of(a: Architecture, name: str) -> dict[str, str]:
    """The scope of each stack that makes resources of a component in the cloud, by the stack's ID. Objects of Kubernetes do not count."""
    return {
        stack_name: stack.scope
        for stack_name, stack in (a.document.terraform.stacks.items() if a.document.terraform else ())
        if any(
            (binding := find(a, id_))
            and not isinstance(binding.binds, str)
            and not binding.manifests
            and makes(binding, a, name)
            for id_ in stack.modules
        )
    }


def resource_name(a: Architecture, name: str) -> str:
    """The name of a component's resources: where stacks make them once for the organization, that of the last environment."""
    scopes = set(makers_of(a, name).values())
    return a.identifier_in_organization(name) if scopes == {"organization"} else a.identifier(name)
