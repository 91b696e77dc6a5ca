"""A page for each Terraform stack: what it builds, its variables, and the value of each in every environment."""

from __future__ import annotations

import json
from typing import Any

from archgen.artifacts._tables import stacks
from archgen.artifacts.base import Artifact, Context, Emitted, Nav
from archgen.artifacts.terraform_files import stack_folder
from archgen.terraform.bindings import Call, calls
from archgen.terraform.files import variables

SECTION = "Terraform"


def emit(context: Context) -> Emitted:
    """The list of stacks, and one page each, in a model with stacks."""
    terraform = context.document.terraform
    if terraform is None:
        return [], []
    found = stacks(context)
    rows = [{"purpose": stack.purpose, "contents": stack.contents, "id": name} for name, stack in found.items()]
    made: list[Artifact] = [
        context.page("terraform/index", "terraform.md", Nav(SECTION, "Overview", 0), ("terraform",), rows=rows)
    ]
    for position, (name, row) in enumerate(zip(found, rows, strict=True)):
        made.append(
            context.page(
                f"terraform/{name}",
                "stack.md",
                Nav(SECTION, name, position + 1),
                ("terraform", "stacks", name),
                stack=row,
                clouds=[_cloud(context, cloud, name) for cloud in context.axes.clouds],
            )
        )
    return made, []


def _cloud(context: Context, cloud: str, stack: str) -> dict[str, Any]:
    architectures = list(context.today(cloud))
    environments = [list(calls(a, stack)) for a in architectures]
    modules = []
    for variable in variables(environments):
        values = [next((call for call in env if call.variable == variable.name), None) for env in environments]
        module = variable.binding.module
        modules.append(
            {
                "variable": variable.name,
                "description": variable.binding.description,
                "address": module.address,
                "version": module.version.removeprefix("v"),
                "source": f"https://github.com/{module.source}/tree/{module.version}{f'/{module.path}' if module.path else ''}",
                "component": variable.component,
                "rows": [_row(name, variable.binding.type_of(name), values) for name in variable.attributes],
            }
        )
    return {
        "name": architectures[0].facts.name,
        "environments": [a.environment.name for a in architectures],
        "last": context.axes.environments[-1],
        "folder": stack_folder(context, cloud, stack),
        "modules": modules,
    }


def _row(name: str, type_: str, calls_: list[Call | None]) -> dict[str, Any]:
    values = [_text(call.values[name]) if call else "—" for call in calls_]
    return {"name": name, "type": type_.split("(", 1)[0], "values": values, "varies": len(set(values)) > 1}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
