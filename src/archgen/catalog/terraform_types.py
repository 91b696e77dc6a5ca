"""What each resource type of Terraform is in an architecture, read from the tables in `terraform_types/`.

Nothing reads these tables when a model is validated or built. They serve tools that compare Terraform code with a model.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from archgen.records import dataclass

FOLDER = Path(__file__).parent / "terraform_types"
# Precedes the place in a model of what is not a setting of the component itself, such as `elsewhere:component.calls`.
ELSEWHERE = "elsewhere:"

Role = Literal[
    "component", "part", "identity", "firewall", "relation", "signal", "network", "content", "home", "limit"
]  # fmt: skip
ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class TerraformType:
    """A resource type: what it is in an architecture.

    `kind` is empty if it is not a component, or if no kind is about such a component. `product` is empty if the type does not say
    which product it is. `part_of` is the type of the component that a part belongs to. `settings` has, for arguments of a
    component, the setting of its kind that states the same, or where else a model states it (after `ELSEWHERE`).
    """

    name: str
    role: Role
    kind: str
    product: str
    part_of: str
    settings: Mapping[str, str]


@cache
def terraform_types() -> Mapping[str, TerraformType]:
    """All known resource types by name. Raises ValueError for a table that states a type twice, or an unknown role."""
    types: dict[str, TerraformType] = {}
    for file in sorted(FOLDER.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                type_ = _read_row(row, file)
                if type_.name in types:
                    raise ValueError(f"{file.name}: duplicate type '{type_.name}'")
                types[type_.name] = type_
    return MappingProxyType(types)


def _read_row(row: Mapping[str, str], file: Path) -> TerraformType:
    name, role = row["type"], row["role"]
    if role not in ROLES:
        raise ValueError(f"{file.name}: '{name}' has the unknown role '{role}'")
    settings = MappingProxyType(dict(pair.split("=", 1) for pair in row["settings"].split()))
    return TerraformType(name, role, row["kind"], row["product"], row["part_of"], settings)  # type: ignore[arg-type]


@cache
def recorded_types(provider: str) -> Mapping[str, Mapping[str, list[str]]]:
    """The types of a provider that archgen reads, with their `arguments` (paths such as `versioning.enabled`) and other `attributes`."""
    file = FOLDER / "arguments" / f"{provider}.json"
    return MappingProxyType(json.loads(file.read_text(encoding="utf-8"))["types"] if file.is_file() else {})


@cache
def why_stated_elsewhere(type_: str, argument: str) -> str:
    """Why an argument is not a setting of its component, such as a name or a tag; empty if that is not so."""
    return _reason("stated_elsewhere", type_, argument)


@cache
def why_left_out(type_: str, argument: str) -> str:
    """Why a model deliberately says nothing about an argument; empty if that is not decided."""
    return _reason("left_out", type_, argument)


def _reason(table: str, type_: str, argument: str) -> str:
    return next((why for pattern, why in _patterns_of(table, type_) if fnmatchcase(argument, pattern)), "")


@cache
def _patterns_of(table: str, type_: str) -> tuple[tuple[str, str], ...]:
    """The patterns of a table that are about arguments of a type, without the type that they begin with, each with its reason."""
    parted = ((*pattern.rpartition("/"), why) for pattern, why in patterns(table))
    return tuple((argument, why) for types, _, argument, why in parted if not types or fnmatchcase(type_, types))


@cache
def patterns(table: str) -> tuple[tuple[str, str], ...]:
    """The patterns of arguments in a table, with the reason of each."""
    with (FOLDER / "arguments" / f"{table}.csv").open(encoding="utf-8", newline="") as opened:
        return tuple((row["argument"], row["why"]) for row in csv.DictReader(opened))
