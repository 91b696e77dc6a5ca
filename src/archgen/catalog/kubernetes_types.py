"""What each kind of Kubernetes object is in an architecture, read from `kubernetes_types.toml` when objects are imported or compared."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from archgen.catalog.terraform_types import ROLES, TerraformType

FILE = Path(__file__).parent / "kubernetes_types.toml"
PREFIX = "k8s_"
_OWN = ("role", "kind", "part_of", "limits")


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return MappingProxyType(tomllib.loads(FILE.read_text(encoding="utf-8")))


@cache
def kubernetes_types() -> Mapping[str, TerraformType]:
    """All known kinds of objects, in the form of resource types. Raises ValueError for an unknown role."""
    found = {}
    for name, stated in _tables().items():
        if stated["role"] not in ROLES:
            raise ValueError(f"'{name}' has the unknown role '{stated['role']}'")
        part_of = stated.get("part_of", "")
        found[name] = TerraformType(name, stated["role"], stated.get("kind", ""), "", part_of, MappingProxyType({}))
    return MappingProxyType(found)


@cache
def kubernetes_mappings() -> Mapping[str, Mapping[str, Any]]:
    """How the fields of each kind of object are read, as the tables of Terraform's types state it."""
    return {name: {key: v for key, v in stated.items() if key not in _OWN} for name, stated in _tables().items()}


def limits_of(type_: str) -> Mapping[str, str]:
    """The limits of a namespace that a kind of object states: for each setting of a namespace, the field."""
    found: Mapping[str, str] = _tables().get(type_, {}).get("limits", {})
    return found


@cache
def fields_of(type_: str) -> tuple[str, ...]:
    """The fields of a kind of object that are kept when it is read."""
    stated = _tables().get(type_, {})
    found = [*stated.get("limits", {}).values()]
    for rules in stated.get("set", {}).values():
        for rule in rules if isinstance(rules, list) else [rules]:
            found.append(rule if isinstance(rule, str) else rule.get("from", ""))
    return tuple(dict.fromkeys(field for field in found if field))
