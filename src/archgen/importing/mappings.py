"""How resource types become parts of a model: the tables of `catalog/terraform_types/`, read when something is imported."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from archgen.catalog.cloud_facts import clouds
from archgen.catalog.terraform_types import FOLDER

SELF = "self"


@dataclass(frozen=True, slots=True)
class SettingRule:
    """Where the value of a setting comes from, and how it is converted. `only` limits it to components of one kind, and `unless_off` to
    resources that do not have false for another attribute.

    Keys of `values` may end with `*`. `key` is what to take of JSON, or of each block of a list.
    """

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
    unless_off: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionRule:
    """The attributes that name both ends of a connection, and what the call states."""

    from_: str
    to: str
    states: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttachRule:
    """The attributes of a resource that attaches something: what `from_` names leads to what `to` names, or to the resource itself."""

    from_: str
    to: str


@dataclass(frozen=True, slots=True)
class Instead:
    """What a resource is if it has an attribute."""

    has: str
    kind: str
    product: str


@dataclass(frozen=True, slots=True)
class OtherRole:
    """The role that a resource has if an attribute has one of some values, or refers to one of some addresses, instead of that of its type.

    Both are patterns, in which `*` stands for any text. With `others`, the attribute is stated and has none of the values.
    """

    attribute: str
    values: tuple[str, ...]
    role: str
    others: bool = False


@dataclass(frozen=True, slots=True)
class TypeMapping:
    """How one resource type is read.

    Resources with the same value of `same_by` are one component. A relation with `belongs_to` is a part of a component of that type.

    Of a link, `joins` has the attributes that name what it joins (`self` stands for what is attached to it), and `far_end` says what it
    certainly leads to, even if none of the files has it: `peering` to another network, `site` to a site. `leads_to` has the attributes
    with which something in between, such as a gateway, leads further, and `is_site` is whether a resource stands for a site.
    """

    named: str = ""
    known_as: str = ""
    same_by: str = ""
    belongs_to: str = ""
    product_by: str = ""
    products: Mapping[str, str] = field(default_factory=dict)
    instead: Instead | None = None
    other_roles: tuple[OtherRole, ...] = ()
    settings: tuple[SettingRule, ...] = ()
    assumed: Mapping[str, Any] = field(default_factory=dict)
    connections: tuple[ConnectionRule, ...] = ()
    joins: tuple[str, ...] = ()
    far_end: str = ""
    leads_to: tuple[str, ...] = ()
    is_site: bool = False
    attaches: tuple[AttachRule, ...] = ()


NOTHING = TypeMapping()


def clouds_with_mappings() -> tuple[str, ...]:
    """The clouds whose resources can be imported, because there is a table of the attributes of their provider."""
    providers = {file.stem for file in FOLDER.glob("*.toml")}
    return tuple(sorted(id_ for id_, facts in clouds().items() if facts.provider in providers))


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
    instead, roles = stated.get("instead"), _listed(stated.get("other_role") or [])
    return TypeMapping(
        stated.get("named", ""),
        stated.get("known_as", ""),
        stated.get("same_by", ""),
        stated.get("belongs_to", ""),
        products.pop("by", ""),
        products,
        Instead(**instead) if instead else None,
        tuple(
            OtherRole(role["from"], tuple(role.get("is") or role["is_not"]), role["role"], not role.get("is"))
            for role in roles
        ),
        tuple(_setting(name, rule) for name, rules in stated.get("set", {}).items() for rule in _listed(rules)),
        stated.get("assume", {}),
        tuple(_connection(rule) for rule in stated.get("connects", ())),
        tuple(stated.get("joins", ())),
        stated.get("far_end", ""),
        tuple(stated.get("leads_to", ())),
        stated.get("is_site", False),
        tuple(AttachRule(rule["from"], rule["to"]) for rule in stated.get("attaches", ())),
    )


def chosen(values: Mapping[str, Any], stated: Any) -> Any:
    """What a table has for a value: for the whole value, or for what it begins with; None if the table does not know it."""
    text = str(stated).lower() if isinstance(stated, bool) else str(stated)
    if text in values:
        return values[text]
    return next((found for key, found in values.items() if key.endswith("*") and text.startswith(key[:-1])), None)


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
