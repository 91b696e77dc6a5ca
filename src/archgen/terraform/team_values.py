"""The text of a variable file for Terraform code that a team maintains itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archgen.model.architecture import Architecture
from archgen.terraform.files import HEADER
from archgen.terraform.own_stacks import values_of
from archgen.terraform.tfvars_hcl import hcl


def team_values(architecture: Architecture, stack: str, model: str) -> str:
    """The text of the variable file of one environment, in the format that its name says. Raises InputError."""
    terraform = architecture.document.terraform
    assert terraform is not None
    values = values_of(architecture, terraform.stacks[stack])
    where = architecture.coordinate
    if not terraform.variable_file(where.cloud, where.environment, stack).endswith(".json"):
        return _hcl(architecture, stack, values, model)
    return json.dumps({**values, "//": HEADER.format(model=model)}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _hcl(a: Architecture, stack: str, values: Mapping[str, Any], model: str) -> str:
    parts = [f"# {HEADER.format(model=model)}\n"]
    for name, value in sorted(values.items()):
        place = a.stated_at("terraform", "stacks", stack, "inputs", name)
        parts.append(f"# {place.file}:{place.line}\n{name} = {hcl(value)}\n")
    return "\n".join(parts)
