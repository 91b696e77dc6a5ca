"""ARC-F005: what a stack sets for its modules are inputs that they have, with values of the types that they declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

if TYPE_CHECKING:
    from archgen.terraform.binding import Binding


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each entry under `set` that no module takes, or whose value has another type."""
    terraform = architecture.document.terraform
    setting = {name: stack for name, stack in terraform.stacks.items() if stack.set} if terraform else {}
    if not setting:
        return
    # Slow to import, and few models set anything.
    from archgen.terraform.bindings import find
    from archgen.terraform.facts import facts_of, shared_facts
    from archgen.terraform.own_stacks import named_facts
    from archgen.terraform.settings import wrong_settings

    named, shared = named_facts(architecture), shared_facts(architecture)

    def facts_for(binding: Binding) -> list[Mapping[str, Any]]:
        of_network = binding.binds in ("network", "environment")
        components = [] if of_network else binding.components(architecture)
        return [{**named, **facts_of(architecture, name, shared)} for name in components] or [named]

    for name, stack in setting.items():
        by_id = {binding.id: binding for module in stack.modules if (binding := find(architecture, module))}
        for wrong in wrong_settings(stack, by_id, facts_for):
            yield Diagnostic("ARC-F005", wrong.reason, wrong.help, ("terraform", "stacks", name, "set", *wrong.path))
