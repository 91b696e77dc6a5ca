"""Where a stack is applied: the variable `target` with the account, region and role that its providers use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archgen.model.architecture import Architecture
from archgen.terraform.bindings import TARGET, Binding, ModuleCall
from archgen.terraform.instances import Instance
from archgen.terraform.role import role_of


@dataclass(frozen=True, slots=True)
class _Attribute:
    name: str
    type: str
    value: Any


def with_target(calls: list[list[ModuleCall]], instances: Sequence[Instance], stack: str) -> list[list[ModuleCall]]:
    """The calls of each instance of a stack, followed by its target; unchanged for a stack without modules and on other clouds."""
    if not any(call.binding.is_used for each in calls for call in each):
        return calls
    aliases = {call.provider for each in calls for call in each if call.provider}
    rows = [_attributes(i.architecture, stack, aliases) for i in instances]
    if not all(rows):
        return calls
    shared = {a.name for a in rows[0] if all(a.name in {b.name for b in row} for row in rows)}
    kept = [[a for a in row if a.name in shared] for row in rows]
    type_ = f"object({{ {', '.join(f'{a.name} = {a.type}' for a in kept[0])} }})"
    cloud = instances[0].architecture.coordinate.cloud
    binding = Binding(
        id=TARGET,
        cloud=cloud,
        binds="environment",
        variable=TARGET,
        description="Where the stack is applied.",
        type=type_,
        value="target",
    )
    return [
        [*each, ModuleCall(binding, TARGET, None, {a.name: a.value for a in row})]
        for each, row in zip(calls, kept, strict=True)
    ]


def _attributes(a: Architecture, stack: str, aliases: set[str]) -> list[_Attribute]:
    """What the providers of a stack need to know at one coordinate; empty on a cloud without bindings."""
    terraform = a.document.terraform
    assert terraform is not None
    home = terraform.stacks[stack].home or a.home
    role = role_of(a)
    match a.coordinate.cloud:
        case "aws":
            return _aws(a, home, role, aliases)
        case "gcp":
            return _google(a, home, role)
    return []


def _aws(a: Architecture, home: str, role: str | None, aliases: set[str]) -> list[_Attribute]:
    others = {id_.replace("-", "_"): a.number_of(id_) for id_ in sorted(a.homes)}
    tags = {"Environment": a.coordinate.environment, "ManagedBy": "terraform", "Project": a.document.project}
    found = [
        _Attribute("environment", "string", a.coordinate.environment),
        _Attribute("region", "string", a.cloud.region),
        _Attribute("tags", "map(string)", tags),
    ]
    if number := a.number_of(home):
        found.append(_Attribute("account_id", "string", number))
        if role:
            found.append(_Attribute("role", "string", role))
    if used := {alias: others[alias] for alias in sorted(aliases) if alias in others}:
        found.append(_Attribute("accounts", "map(string)", used))
    return found


def _google(a: Architecture, home: str, role: str | None) -> list[_Attribute]:
    labels = {"environment": a.coordinate.environment, "managed-by": "terraform", "project": a.document.project}
    project = a.number_of(home) or home
    found = [
        _Attribute("labels", "map(string)", labels),
        _Attribute("project_id", "string", project),
        _Attribute("region", "string", a.cloud.region),
    ]
    if role:
        found.append(_Attribute("service_account", "string", f"{role}@{project}.iam.gserviceaccount.com"))
    return found
