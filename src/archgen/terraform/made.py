"""The addresses of what the roots of a model's stacks declare, so that a resource in a state is known to come from one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from archgen.model.architecture import Architecture
from archgen.model.derived import once
from archgen.terraform.binding import ModuleCall
from archgen.terraform.bindings import MissingFactError, calls
from archgen.terraform.facts import shared_facts

RESOURCE = re.compile(r'resource "(\w+)" "([^"]+)"')


@once
def made_addresses(a: Architecture) -> Mapping[str, str]:
    """The addresses of the modules and resources that the roots of all stacks declare at a coordinate, without keys of instances.

    Each has the ID of the component that it is for; empty for what belongs to the environment as a whole. A stack for which the model
    lacks a fact is left out, because it has no root.
    """
    if a.document.terraform is None:
        return {}
    shared = shared_facts(a)
    found: dict[str, str] = {}
    for stack in a.document.terraform.stacks:
        try:
            made = [*calls(a, stack, shared)]
        except MissingFactError:
            continue
        found |= {address: call.component or "" for call in made for address in _addresses(call)}
    return found


def _addresses(call: ModuleCall) -> Iterator[str]:
    if call.binding.module:
        yield f"module.{call.variable}"
    for block in call.binding.resources:
        if declared := RESOURCE.match(block.strip()):
            yield f"{declared[1]}.{declared[2].replace('@label', call.variable)}"
