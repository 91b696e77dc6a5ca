"""Where a stack is applied: the variable `target` with the account, region and role that its providers use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archgen.model.architecture import Architecture
from archgen.terraform.binding import TARGET, Binding, ModuleCall
from archgen.terraform.instances import StackInstance
from archgen.terraform.root_facts import RootFacts, facts_at, root_facts, values_of

# The alias of the provider for what is made in the recovery region from home.
RECOVERY = "recovery"


def with_target(
    calls: list[list[ModuleCall]], instances: Sequence[StackInstance], stack: str
) -> list[list[ModuleCall]]:
    """The calls of each instance of a stack, followed by its target; unchanged for a stack without modules and on other clouds."""
    cloud = instances[0].architecture.coordinate.cloud
    facts = root_facts(cloud)
    if facts is None or not any(call.binding.is_used for each in calls for call in each):
        return calls
    aliases = {call.provider for each in calls for call in each if call.provider}
    values = [_values(facts, i.architecture, stack, aliases) for i in instances]
    shared = [name for name in facts.target if all(name in each for each in values)]
    attributes = ", ".join(f"{name} = {facts.target[name]['type']}" for name in shared)
    type_ = f"object({{ {attributes} }})"
    about = "Where the stack is applied."
    binding = Binding(
        id=TARGET, cloud=cloud, binds="environment", variable=TARGET, description=about, type=type_, value=TARGET
    )
    return [
        [*each, ModuleCall(binding, TARGET, None, {name: own[name] for name in shared})]
        for each, own in zip(calls, values, strict=True)
    ]


def _values(facts: RootFacts, a: Architecture, stack: str, aliases: set[str]) -> dict[str, Any]:
    """The attributes of the target at one coordinate that have a value."""
    terraform = a.document.terraform
    assert terraform is not None
    home = terraform.stacks[stack].home or a.home
    numbers = {id_.replace("-", "_"): a.number_of(id_) for id_ in sorted(a.homes)}
    accounts = {alias: numbers[alias] for alias in sorted(aliases) if alias in numbers}
    # In the recovery region itself, nothing uses the alias, but all instances need the same attributes.
    abroad = (a.recovery_region or a.cloud.region) if RECOVERY in aliases else None
    known = {**facts_at(a, home), "accounts": accounts, "recovery_region": abroad}
    return values_of({name: entry["value"] for name, entry in facts.target.items()}, known)
