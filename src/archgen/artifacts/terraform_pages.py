"""A page for each Terraform stack: what it builds, its variables, and their values in every environment."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from archgen.artifacts._environment_values import ABSENT, cell_text, long_values, value_rows
from archgen.artifacts._tables import stacks
from archgen.artifacts.addresses import page_of, stack_pages
from archgen.artifacts.base import Artifact, Context, Emitted, Nav
from archgen.artifacts.terraform_files import stack_folder
from archgen.diagnostics.diagnostic import Span
from archgen.kubernetes.manifests import objects_of
from archgen.kubernetes.objects import NOTES, Object
from archgen.model.architecture import Architecture
from archgen.model.paths import leaves
from archgen.model.stacks import Terraform
from archgen.model.wording import MISSING
from archgen.terraform.applying import StackStep, data_folder, steps
from archgen.terraform.binding import TARGET, ModuleCall
from archgen.terraform.binding_files import binding_files
from archgen.terraform.files import Variable
from archgen.terraform.instances import StackInstance, instance_name
from archgen.terraform.origin import origin
from archgen.terraform.own_stacks import InputError, values_of
from archgen.terraform.plans import CloudPlan
from archgen.terraform.wiring import stack_variable

SECTION, GROUP, ORDER = "Change", "Terraform", 100


def emit(context: Context) -> Emitted:
    """The list of stacks, and a page for each; nothing if the model has no stacks."""
    terraform = context.document.terraform
    if terraform is None:
        return [], []
    found = stacks(context)
    rows = [{"purpose": stack.purpose, "contents": stack.contents, "id": name} for name, stack in found.items()]
    artifacts: list[Artifact] = [
        context.page(
            "terraform/index",
            "terraform.md",
            Nav(SECTION, "All stacks", ORDER, GROUP),
            ("terraform",),
            rows=rows,
            unmade=_unmade(context),
        )
    ]
    for position, (address, row) in enumerate(zip(stack_pages(context.resolved), rows, strict=True)):
        name = address.id
        artifacts.append(
            context.page(
                page_of(address.file),
                "stack.md",
                Nav(SECTION, name, ORDER + 2 + position, GROUP),
                ("terraform", "stacks", name),
                stack=row,
                clouds=_clouds(context, name),
            )
        )
    return artifacts, []


def _unmade(context: Context) -> list[dict[str, Any]]:
    """For each cloud with modules, the components in use today that no module is about, with the modules that would make them."""
    found = []
    for cloud, made in context.project.made.items():
        present = {name: c for a in context.today(cloud) for name, c in a.components.items() if not c.person}
        rows = [
            {"id": name, "title": component.title, "modules": made.possible.get(name, [])}
            for name, component in present.items()
            if name not in made.components
        ]
        if made.modules and rows:
            found.append({"name": context.resolved.clouds[cloud].name, "rows": rows})
    return found


def _clouds(context: Context, stack: str) -> list[dict[str, Any]]:
    """The clouds on which a stack has modules, and those without bindings; all clouds if it has no modules on any."""
    found = [_cloud(context, cloud, stack) for cloud in context.axes.clouds]
    return [
        cloud
        for cloud in found
        if cloud["modules"] or cloud["manifests"] or cloud["files"] or cloud["moves"] or not cloud["bound"]
    ] or found


def _cloud(context: Context, cloud: str, stack: str) -> dict[str, Any]:
    architectures = list(context.today(cloud))
    terraform = architectures[-1].document.terraform  # clouds can have different stacks, in another order
    assert terraform is not None
    plan = context.project.plans.of[cloud]
    environments = plan.calls.get(stack, [])
    declared = plan.wiring.stacks.get(stack, ())
    names = [_title(i) for i in plan.instances[stack]] if declared else [a.environment.name for a in architectures]
    needed = plan.wiring.needed_from(stack) if declared else {}
    return {
        "name": architectures[0].facts.name,
        "bound": any(binding_files(cloud, architectures[0].bindings)),
        "environments": names,
        "environment": architectures[-1].environment.name,
        "place": _place(context, plan, stack),
        "commands": _commands(context, plan, terraform, stack),
        "recovery": _recovery(context, plan, terraform, stack),
        "moves": _phase_changes(context, cloud, stack),
        "folder": stack_folder(context, cloud, stack),
        "modules": [
            _variable(context, cloud, stack, variable, list(zip(names, environments, strict=True)))
            for variable in declared
        ],
        "needs": [
            {
                "stack": other,
                "variable": stack_variable(other),
                "wires": [
                    {"output": w.source.name, "input": ".".join(filter(None, (w.variable.name, w.input)))}
                    for w in wires
                    if w.source
                ],
            }
            for other, wires in needed.items()
        ],
        "offers": [source.name for source in plan.wiring.offered_by(stack)] if declared else [],
        "files": [_values_file(a, stack) for a in architectures if _directory(a, stack)],
        "inputs": _team_inputs(context, architectures, stack),
        "manifests": [_manifest(made) for made in objects_of(architectures[-1], stack)],
    }


def _commands(context: Context, plan: CloudPlan, terraform: Terraform, stack: str) -> str:
    """The commands that apply a stack to the last environment, with what they do as comments."""
    last = context.axes.environments[-1]
    return _as_script(data_folder(last), (step for step in steps(plan, terraform, last) if step.stack == stack))


def _place(context: Context, plan: CloudPlan, stack: str) -> str:
    """What those commands apply a stack to: the last environment, its account, or the organization."""
    last = context.resolved.standing(plan.cloud, context.axes.environments[-1])
    stated = last.document.terraform is not None and stack in last.document.terraform.stacks
    instance = StackInstance(instance_name(last, stack) if stated else last.coordinate.environment, last)
    title = _title(instance)
    return f"the {title}" if title == instance.name == "organization" else title


def _recovery(context: Context, plan: CloudPlan, terraform: Terraform, stack: str) -> dict[str, str]:
    """The recovery region of the last environment and the commands that apply a stack there; empty if it is not applied there."""
    last = context.axes.environments[-1]
    there = context.resolved.standing(plan.cloud, last).in_recovery_region()
    found = [step for step in steps(plan, terraform, last, recovery=True) if step.stack == stack] if there else []
    if there is None or not found:
        return {}
    return {"region": there.elsewhere, "commands": _as_script(data_folder(last, there.elsewhere), found)}


def _as_script(folder: str, found: Iterable[StackStep]) -> str:
    pairs = (pair for step in found for pair in step.commands)
    lines = [line for why, command in pairs for line in ((f"# {why}", command) if why else (command,))]
    settings = [f"export TF_DATA_DIR={folder}"] if any("terraform " in line for line in lines) else []
    return "\n".join([*settings, *lines])


def _manifest(made: Object) -> dict[str, Any]:
    """The row of a Kubernetes object: its kind, namespace and name, and the connections that it allows."""
    metadata = made["metadata"]
    notes = [
        f"{key.rpartition('/')[2]}: {ids}"
        for key, ids in metadata.get("annotations", {}).items()
        if key.startswith(f"{NOTES}/")
    ]
    return {"kind": made["kind"], "namespace": metadata.get("namespace", ""), "name": metadata["name"], "notes": notes}


def _title(instance: StackInstance) -> str:
    """The name of an instance of a stack for people: of its environment, its account, or its file."""
    a = instance.architecture
    if a.elsewhere:
        return f"{a.environment.name} in {a.elsewhere}"
    if instance.name == a.coordinate.environment:
        return a.environment.name
    return a.homes.get(instance.name, instance.name)


def _directory(a: Architecture, stack: str) -> str | None:
    """The folder of Terraform code that a team maintains itself; None if the environment has no such stack."""
    terraform = a.document.terraform
    return terraform.stacks[stack].directory if terraform and stack in terraform.stacks else None


def _values_file(a: Architecture, stack: str) -> str:
    assert a.document.terraform
    return a.document.terraform.variable_file(a.coordinate.cloud, a.coordinate.environment, stack)


def _team_inputs(context: Context, architectures: list[Architecture], stack: str) -> dict[str, Any]:
    """The table of the variables of code that a team maintains itself; empty if the model states no inputs."""
    given = []
    for a in architectures:
        terraform = a.document.terraform
        own = terraform.stacks[stack] if terraform and _directory(a, stack) else None
        try:
            given.append(values_of(a, own) if own else {})
        except InputError:
            given.append({})  # a rule reports it, and a build with errors writes nothing
    rows = []
    for name in dict.fromkeys(name for values in given for name in values):
        last = next(a for a, values in zip(reversed(architectures), reversed(given), strict=True) if name in values)
        place = last.stated_at("terraform", "stacks", stack, "inputs", name)
        rows.append(("", place, name, [values.get(name, ABSENT) for values in given]))
    return _table(context, [a.environment.name for a in architectures], rows) if rows else {}


def _phase_changes(context: Context, cloud: str, stack: str) -> list[dict[str, Any]]:
    """The values that change in the last environment when it enters each later phase."""
    plan = context.project.plans.of[cloud]
    found = []
    before = plan.calls[stack][-1] if stack in plan.calls else []
    for coordinate, after in plan.later.items():
        architecture = context.resolved.architectures[coordinate]
        one, other = ({c.variable: c.values for c in calls} for calls in (before, after.get(stack, [])))
        old, new = leaves(one), leaves(other)
        rows = [
            {"name": ".".join(path), "old": _text_or_dash(old, path), "new": _text_or_dash(new, path)}
            for path in dict.fromkeys([*old, *new])
            if path[0] in one and path[0] in other and old.get(path) != new.get(path)
        ]
        goes = [name for name in one if name not in other]
        comes = [
            {"name": name, "rows": [{"name": ".".join(p[1:]), "new": _text(new[p])} for p in new if p[0] == name]}
            for name in other
            if name not in one
        ]
        if rows or goes or comes:
            name = architecture.phase.name if architecture.phase else coordinate.phase
            found.append({"phase": name, "rows": rows, "goes": goes, "comes": comes})
        before = after.get(stack, [])
    return found


def _text_or_dash(values: dict[tuple[str, ...], Any], path: tuple[str, ...]) -> str:
    return _text(values[path]) if path in values else MISSING


def _variable(
    context: Context, cloud: str, stack: str, variable: Variable, environments: list[tuple[str, list[ModuleCall]]]
) -> dict[str, Any]:
    """A variable with its values in each environment: (its name, which another one may have, too; its calls of modules)."""
    names = [name for name, _calls in environments]
    calls = [next((c for c in env if c.variable == variable.name), None) for _name, env in environments]
    module = variable.binding.module
    shown: dict[str, Any] = {
        "variable": variable.name,
        "description": variable.binding.description,
        "component": variable.component,
        "where": _model_line(context, cloud, variable),
        "module": None,
        "wired": [],
        "is_target": variable.binding.id == TARGET,
    }
    if module is None:
        type_ = (variable.binding.type or "").split("(", 1)[0]
        whole = [call.values if call else ABSENT for call in calls]
        return shown | {"values": _table(context, names, [(type_, None, "", whole)])}
    path = f"/{module.path}" if module.path else ""
    shown["module"] = {
        "address": module.address,
        "version": module.version.removeprefix("v"),
        "source": f"https://github.com/{module.source}/tree/{module.version}{path}",
    }
    wired = {
        wire.input
        for wire in context.project.plans.of[cloud].wiring.wires(stack)
        if wire.variable is variable and wire.source
    }
    shown["wired"] = sorted(name for name in wired if name)
    last = context.resolved.standing(cloud, context.axes.environments[-1])
    rows = []
    for name in variable.attributes:
        place = next((origin(last, call, name) for call in reversed(calls) if call), None)
        given = [call.values[name] if call and name in call.values else ABSENT for call in calls]
        rows.append((variable.binding.type_of(name).split("(", 1)[0], place, name, given))
    return shown | {"values": _table(context, names, rows)}


def _model_line(context: Context, cloud: str, variable: Variable) -> dict[str, Any]:
    """The line of the model that a variable's values come from: its component's, or the network's."""
    path = ("components", variable.component) if variable.component else ("network",)
    standing = context.resolved.standing(cloud, context.axes.environments[-1])
    place = standing.stated_at(*path)
    return {"line": place.line, "edit": context.edit_link(place)}


def _table(
    context: Context, environments: list[str], attributes: Iterable[tuple[str, Span | None, str, list[Any]]]
) -> dict[str, Any]:
    """The values of attributes (type, line of the model, name, value in each environment) for a template.

    It has what differs, what is the same, and the values that are too long for a cell.
    """
    found = [
        (type_ if row.name == name else "", place, row)
        for type_, place, name, values in attributes
        for row in value_rows(name, values)
    ]
    shown = [
        {
            "name": row.name,
            "type": type_,
            "cells": [cell_text(value) for value in row.values],
            "varies": row.varies,
            "line": place.line if place else None,
            "edit": context.edit_link(place) if place else "",
        }
        for type_, place, row in found
    ]
    return {
        "environments": environments,
        "differing": [row for row in shown if row["varies"]],
        "same": [row for row in shown if not row["varies"]],
        "long": list(long_values([row for _type, _place, row in found], environments)),
    }


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
