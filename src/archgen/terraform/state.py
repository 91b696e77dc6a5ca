"""Where the states of all stacks are stored."""

from __future__ import annotations

from archgen.kinds.object_store import ObjectStore
from archgen.model.architecture import Architecture
from archgen.model.derived import once

# The modules that make the bucket for the states.
_MAKERS = ("tfstate-backend", "state-bucket")


@once
def state_component(a: Architecture) -> str | None:
    """The id of the component that stores the states of all stacks; None if the model does not state it.

    It may be left unstated if a stack makes a bucket for the states, and only one bucket is not for archives.
    """
    terraform = a.document.terraform
    if terraform is None or terraform.state:
        return terraform.state if terraform and terraform.state in a.components else None
    made = any(module.partition("@")[0] in _MAKERS for stack in terraform.stacks.values() for module in stack.modules)
    buckets = [name for name, store in a.of_kind(ObjectStore) if not store.immutable] if made else []
    return buckets[0] if len(buckets) == 1 else None


def state_bucket(a: Architecture) -> str | None:
    """The name of the bucket that stores the states of all stacks; None if the model does not state it."""
    component = state_component(a)
    return a.identifier(component) if component else None
