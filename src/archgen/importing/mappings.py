"""How resource types become parts of a model: the tables of `catalog/terraform_types/`, read when something is imported."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from archgen.catalog.cloud_facts import clouds
from archgen.catalog.terraform_types import FOLDER

SELF = "self"
# What a table has of the size of a node pool: in all zones together, in each of them, or a number without limits.
TOTALS = ("total.min", "total.max", "zone.min", "zone.max", "fixed")


@dataclass(frozen=True, slots=True)
class SettingRule:
    """Where the value of a setting comes from, and how it is converted. `only` limits it to components of one kind, and `unless_off` to
    resources that do not have false for another attribute.

    Keys of `values` may end with `*`. `key` is what to take of JSON, or of each block of a list. `looked_up` is the pattern of values of a
    model that only name where the value is found, so that a file has another one.
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
    looked_up: str = ""


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
class PoolMapping:
    """How a resource states a node pool of its cluster, or several.

    `named` has the attributes with the name of the pool, the best first. `settings` are those of a pool, and `total.min` and `total.max`
    for its limits in all zones together, `zone.min` and `zone.max` for those in each zone, and `fixed` for a number without limits. What
    the resource leaves out, the one that `template` refers to may state. `zones` is the attribute with its zones, `subnets` the one with
    its subnets.

    A cluster has a pool for each block in `blocks`, which is read as the type `like`. Without blocks, it has the pool `own` if it
    states `own_if` and nothing in `own_unless`. It has no pools if it states something in `none_if`.
    """

    named: tuple[str, ...] = ()
    settings: tuple[SettingRule, ...] = ()
    template: str = ""
    zones: str = ""
    subnets: str = ""
    blocks: str = ""
    like: str = ""
    own: str = ""
    own_if: str = ""
    own_unless: tuple[str, ...] = ()
    none_if: tuple[str, ...] = ()

    def attributes(self) -> Iterator[str]:
        """All attributes that are read."""
        yield from (rule.attribute for rule in self.settings)
        yield from (*self.named, *self.own_unless, *self.none_if)
        yield from filter(None, (self.template, self.zones, self.subnets, self.blocks, self.own_if))


NO_POOL = PoolMapping()


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
    pool: PoolMapping = NO_POOL

    @property
    def states_something(self) -> bool:
        """Whether settings of a component, or a node pool, are read from a resource of this type."""
        return bool(self.settings) or self.pool is not NO_POOL


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
        _settings(stated.get("set", {})),
        stated.get("assume", {}),
        tuple(_connection(rule) for rule in stated.get("connects", ())),
        tuple(stated.get("joins", ())),
        stated.get("far_end", ""),
        tuple(stated.get("leads_to", ())),
        stated.get("is_site", False),
        tuple(AttachRule(rule["from"], rule["to"]) for rule in stated.get("attaches", ())),
        _pool(stated["pool"]) if "pool" in stated else NO_POOL,
    )


def _settings(stated: Mapping[str, Any]) -> tuple[SettingRule, ...]:
    return tuple(_setting(name, rule) for name, rules in stated.items() for rule in _listed(rules))


def _pool(stated: Mapping[str, Any]) -> PoolMapping:
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in stated.items() if key != "set"
    }
    return PoolMapping(settings=_settings(stated.get("set", {})), **plain)


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
