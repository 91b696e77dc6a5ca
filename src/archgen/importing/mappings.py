"""How resource types become parts of a model: the tables of `catalog/terraform_types/`, read when something is imported."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from archgen.catalog.terraform_types import FOLDER

SELF = "self"


@dataclass(frozen=True, slots=True)
class SettingRule:
    """Where the value of a setting comes from, and how it is converted. `only` limits it to components of one kind."""

    setting: str
    attribute: str = ""
    constant: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    as_: str = ""
    key: str = ""
    divide: float = 1
    subtract: int = 0
    above: int | None = None
    only: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionRule:
    """The attributes that name both ends of a connection, and what the call states."""

    from_: str
    to: str
    states: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instead:
    """What a resource is if it has an attribute."""

    has: str
    kind: str
    product: str


@dataclass(frozen=True, slots=True)
class TypeMapping:
    """How one resource type is read."""

    named: str = ""
    known_as: str = ""
    product_by: str = ""
    products: Mapping[str, str] = field(default_factory=dict)
    instead: Instead | None = None
    settings: tuple[SettingRule, ...] = ()
    assumed: Mapping[str, Any] = field(default_factory=dict)
    connections: tuple[ConnectionRule, ...] = ()


NOTHING = TypeMapping()


def clouds_with_mappings() -> tuple[str, ...]:
    """The clouds whose resources can be imported, because there is a table of their attributes."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


@cache
def mappings() -> Mapping[str, TypeMapping]:
    """The mappings of all types by name. Raises ValueError if two files have the same type."""
    found: dict[str, TypeMapping] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        for name, stated in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"{file.name}: duplicate type '{name}'")
            found[name] = read_mapping(stated)
    return MappingProxyType(found)


def read_mapping(stated: Mapping[str, Any]) -> TypeMapping:
    """A mapping as a table states it. Raises KeyError and TypeError for keys that it cannot have."""
    products = dict(stated.get("product", {}))
    instead = stated.get("instead")
    return TypeMapping(
        stated.get("named", ""),
        stated.get("known_as", ""),
        products.pop("by", ""),
        products,
        Instead(**instead) if instead else None,
        tuple(_setting(name, rule) for name, rules in stated.get("set", {}).items() for rule in _listed(rules)),
        stated.get("assume", {}),
        tuple(_connection(rule) for rule in stated.get("connects", ())),
    )


def _listed(rules: Any) -> list[Any]:
    return rules if isinstance(rules, list) else [rules]


def _setting(name: str, stated: str | Mapping[str, Any]) -> SettingRule:
    if isinstance(stated, str):
        return SettingRule(name, stated)
    words = {"from": "attribute", "as": "as_", "is": "constant"}
    return SettingRule(name, **{words.get(key, key): value for key, value in stated.items()})


def _connection(stated: Mapping[str, Any]) -> ConnectionRule:
    states = dict(stated)
    return ConnectionRule(states.pop("from"), states.pop("to"), states)
