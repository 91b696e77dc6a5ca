"""The resource types that a project or a package adds, read from a YAML file in the format of archgen's tables.

An entry without a role and a kind is not decided yet: its resources stay unknown. `archgen import` writes such entries (`type_stubs.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from archgen.catalog.kubernetes_types import PREFIX as KUBERNETES
from archgen.catalog.terraform_types import Role, TerraformType
from archgen.diagnostics.diagnostic import Diagnostic, Path, did_you_mean
from archgen.importing.converting import SHAPES
from archgen.importing.mappings import TOTALS, TypeMapping, read_mapping
from archgen.kinds.kubernetes_cluster import KubernetesCluster, NodePool
from archgen.model.base import Entity, Listed
from archgen.model.calls import Call
from archgen.model.validation import from_pydantic
from archgen.reading.yaml_tree import YamlNode, parse

FILE = "resource-types.yaml"
UNUSABLE = "ARC-I007"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*(_[a-z0-9_]+)?")  # a type can have the name of its provider
_OWN = ("role", "kind", "part_of", "seen")  # what an entry states beyond how the attributes of the type are read
_SHAPES = (*SHAPES, "component")
_NOT_SET = (
    "kind",
    "calls",
    "terraform_addresses",
)  # of a component, which other keys of an entry or the resource itself state


def _check_single(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        raise ValueError("write a single value: a text, a number, `true` or `false`")
    return value


def _check_texts(value: Any) -> Any:
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        raise ValueError("a list may contain texts only")
    return value if isinstance(value, list) else _check_single(value)


Value = Annotated[str | int | float | bool, BeforeValidator(_check_single)]
Values = Annotated[str | int | float | bool | list[str], BeforeValidator(_check_texts)]


class OwnSettingRule(Entity):
    """Where the value of a setting comes from, and how it is converted."""

    from_: str = Field("", alias="from")
    is_: Value | None = Field(None, alias="is")
    as_: str = Field("", alias="as")
    values: dict[str, Values] = {}
    key: str = ""
    divide: float = Field(1, gt=0)
    subtract: int = 0
    above: int | None = None
    only: str = ""
    unless_off: str = ""


class OwnInstead(Entity):
    """What a resource is if it has an attribute."""

    has: str
    kind: str
    product: str


class OwnOtherRole(Entity):
    """The role of a resource whose attribute has one of some values; with `is_not`, one that has none of them."""

    from_: str = Field(alias="from")
    is_: Listed[str] = Field((), alias="is")
    is_not: Listed[str] = ()
    role: Role

    @model_validator(mode="after")
    def _has_values(self) -> OwnOtherRole:
        if bool(self.is_) == bool(self.is_not):
            raise ValueError("state either `is` or `is_not`")
        return self


class OwnAttachment(Entity):
    """The attributes of a resource that attaches something: what `from` names leads to what `to` names, or to the resource itself."""

    from_: str = Field(alias="from")
    to: str


def _rules_in_lists(stated: Any) -> Any:
    """The rules of settings, each in a list and in its long form."""
    if not isinstance(stated, dict):
        return stated
    lists = {name: rules if isinstance(rules, list) else [rules] for name, rules in stated.items()}
    return {name: [{"from": r} if isinstance(r, str) else r for r in rules] for name, rules in lists.items()}


Rules = Annotated[dict[str, Listed[OwnSettingRule]], BeforeValidator(_rules_in_lists)]


class OwnPool(Entity):
    """How a resource states a node pool of the cluster that it belongs to."""

    named: Listed[str] = ()
    set: Rules = {}
    template: str = ""
    zones: str = ""
    subnets: str = ""
    blocks: str = ""
    like: str = ""
    own: str = ""
    own_if: str = ""
    own_unless: Listed[str] = ()
    none_if: Listed[str] = ()

    @model_validator(mode="after")
    def _has_settings(self) -> OwnPool:
        if bool(self.like) != bool(self.blocks):
            raise ValueError("`blocks` and `like` need each other")
        unknown = [name for name in self.set if name not in (*NodePool.model_fields, *TOTALS)]
        if unknown:
            raise ValueError(f"a node pool has no setting '{unknown[0]}'")
        return self


class SeenResources(Entity):
    """What an import saw of a type: the number of its resources, the address of one, and the names of attributes with a value."""

    count: int
    example: str
    attributes: Listed[str] = ()


class OwnType(Entity):
    """A resource type of a project or a package. Without a role, one with a kind is a component."""

    role: Role | None = None
    kind: str = ""
    product: dict[str, str] = {}
    part_of: str = ""
    named: str = ""
    known_as: str = ""
    same_by: str = ""
    belongs_to: str = ""
    instead: OwnInstead | None = None
    other_role: Listed[OwnOtherRole] = ()
    set: Rules = {}
    assume: dict[str, Value] = {}
    connects: Listed[dict[str, Value]] = ()
    joins: Listed[str] = ()
    far_end: Literal["peering", "site"] | None = None
    leads_to: Listed[str] = ()
    is_site: bool = False
    attaches: Listed[OwnAttachment] = ()
    pool: OwnPool | None = None
    seen: SeenResources | None = None

    @field_validator("role", mode="before")
    @classmethod
    def _undecided(cls, stated: Any) -> Any:
        return None if stated == "" else stated

    @field_validator("product", mode="before")
    @classmethod
    def _of_all(cls, stated: Any) -> Any:
        return {"": stated} if isinstance(stated, str) and stated else stated or {}

    @field_validator("other_role", mode="before")
    @classmethod
    def _in_a_list(cls, stated: Any) -> Any:
        return [stated] if isinstance(stated, dict) else stated

    @property
    def decided(self) -> bool:
        """Whether it is said what the type is."""
        return bool(self.role or self.kind)


Named = tuple[tuple[str, ...], str]  # a path in an entry, and the ID that it names; empty for none


@dataclass(frozen=True, slots=True)
class OwnTypes:
    """The types of a table. `undecided` has the entries that do not say yet what a type is. `text` is that of the file."""

    types: Mapping[str, TerraformType] = field(default_factory=dict)
    mappings: Mapping[str, TypeMapping] = field(default_factory=dict)
    undecided: Mapping[str, OwnType] = field(default_factory=dict)
    text: str = ""


def read_own_types(
    text: str, file: str, known: Mapping[str, TerraformType], kinds: Mapping[str, Any], products: Collection[str]
) -> tuple[OwnTypes, list[Diagnostic]]:
    """The types in the text of a table, and what is wrong with it. `known` has the types that it cannot change."""
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return OwnTypes(text=text), []
    source, problems = parse(text, file)
    if source.root is None or problems:
        return OwnTypes(text=text), [_of_table(problem) for problem in problems]
    entries: dict[str, OwnType] = {}
    nodes = source.root.value if isinstance(source.root.value, dict) else {}
    for name, node in nodes.items():
        try:
            entries[name] = OwnType.model_validate(node.plain())
        except ValidationError as error:
            problems += [_located(d, source.root) for d in from_pydantic(error, (name,), OwnType, node)]
    table = _Table(source.root, entries, known, kinds, products)
    for name in entries:
        problems += table.problems_of(name)
    decided = {name: own for name, own in entries.items() if own.decided}
    if problems:
        return OwnTypes(text=text), problems
    return OwnTypes(
        {name: _type(name, own) for name, own in decided.items()},
        {name: _mapping(node) for name, node in nodes.items() if name in decided},
        {name: own for name, own in entries.items() if not own.decided},
        text,
    ), []


def can_be_stated(name: str) -> bool:
    """Whether a table can have an entry for a resource type with this name."""
    return not name.startswith(KUBERNETES) and _NAME.fullmatch(name) is not None


def _of_table(problem: Diagnostic) -> Diagnostic:
    """A problem of the syntax; one that compares the file with a model is about a table instead."""
    if problem.code != "ARC-Y004":
        return problem
    help_ = (
        "begin each entry with the name of a resource type at the left margin, such as datadog_monitor: {role: signal}"
    )
    return replace(problem, message="a table of resource types is a mapping of types to what they are", help=help_)


def _type(name: str, own: OwnType) -> TerraformType:
    product = own.product.get("", "")
    return TerraformType(name, own.role or "component", own.kind, product, own.part_of, MappingProxyType({}))


def _mapping(node: YamlNode) -> TypeMapping:
    """How an entry that is valid is read."""
    stated = {key: value for key, value in node.plain().items() if key not in _OWN}
    if not isinstance(stated.get("product"), dict):
        stated.pop("product", None)
    return read_mapping(stated)


def _located(problem: Diagnostic, root: YamlNode) -> Diagnostic:
    """A diagnostic with the place of the nearest key or value in the file."""
    node, _taken = root.nearest(problem.path)
    return replace(problem, span=node.key_span or node.span)


class _Table:
    """The entries of a table, and what they may refer to."""

    def __init__(
        self,
        root: YamlNode,
        entries: Mapping[str, OwnType],
        known: Mapping[str, TerraformType],
        kinds: Mapping[str, Any],
        products: Collection[str],
    ) -> None:
        self.root, self.entries, self.known, self.kinds, self.products = root, entries, known, kinds, products

    def problems_of(self, name: str) -> Iterator[Diagnostic]:
        """What is wrong with an entry whose form is valid."""
        own = self.entries[name]
        yield from self._name(name)
        if own.kind and own.role not in (None, "component"):
            yield self._problem((name, "kind"), f"a resource with the role '{own.role}' has no kind", "remove `kind`")
        if own.role == "component" and not own.kind:
            yield self._problem((name, "role"), "a component needs a kind", "add `kind`")
        if own.role == "limit":
            yield self._problem(
                (name, "role"), "only Kubernetes objects can have the role 'limit'", "choose another role"
            )
        if (own.role == "part") != bool(own.part_of):
            help_ = "state both `role: part` and `part_of`, or neither of them"
            yield self._problem((name,), "a part needs the type that it belongs to, and only a part has one", help_)
        elif own.part_of and not self._is_component(own.part_of):
            message = f"the type '{own.part_of}' is not that of a component, so it cannot have parts"
            yield self._problem((name, "part_of"), message, "name the type of the component")
        if own.product and ("by" in own.product) != any(key not in ("", "by") for key in own.product):
            message = "`by` needs a product for each value of the attribute, and such products need `by`"
            yield self._problem((name, "product"), message, "write product: {by: ATTRIBUTE, VALUE: PRODUCT}")
        yield from self._references(name, own)
        yield from self._settings(name, own)
        yield from self._connections(name, own)
        yield from self._links_and_pools(name, own)

    def _is_component(self, type_: str) -> bool:
        """Whether a type is that of a component; also if it does not exist, which is reported for itself."""
        if type_ in self.entries:
            return self.entries[type_].role in (None, "component")
        return type_ not in self.known or self.known[type_].role == "component"

    def _name(self, name: str) -> Iterator[Diagnostic]:
        type_ = self.known.get(name)
        if not can_be_stated(name):
            help_ = "write the name as Terraform has it, such as datadog_monitor"
            yield self._problem((name,), f"'{name}' is not the name of a resource type of Terraform", help_)
        elif type_ is not None and not (type_.role == "component" and not type_.kind):
            what = f"{type_.role} {type_.kind}".strip()
            message = f"the type '{name}' is already known ({what}), and a table cannot change what it is"
            yield self._problem((name,), message, "remove this entry")

    def _references(self, name: str, own: OwnType) -> Iterator[Diagnostic]:
        kinds: list[Named] = [(("kind",), own.kind)]
        kinds += [(("set", setting, "only"), rule.only) for setting, rules in own.set.items() for rule in rules]
        products: list[Named] = [(("product", key), value) for key, value in own.product.items() if key != "by"]
        if own.instead:
            kinds.append((("instead", "kind"), own.instead.kind))
            products.append((("instead", "product"), own.instead.product))
        types: list[Named] = [(("part_of",), own.part_of), (("belongs_to",), own.belongs_to)]
        types += [(("pool", "like"), own.pool.like if own.pool else "")]
        yield from self._unknown(name, kinds, "kind", self.kinds)
        yield from self._unknown(name, types, "resource type", {*self.known, *self.entries})
        yield from self._unknown(name, products, "product", self.products)

    def _unknown(self, name: str, stated: Iterable[Named], what: str, known: Collection[str]) -> Iterator[Diagnostic]:
        for path, value in stated:
            if value and value not in known:
                yield self._problem((name, *path), f"the {what} '{value}' does not exist", did_you_mean(value, known))

    def _rules(self, top: Path, stated: Mapping[str, Iterable[OwnSettingRule]]) -> Iterator[Diagnostic]:
        for setting, rules in stated.items():
            for rule in rules:
                if rule.as_ and rule.as_ not in _SHAPES:
                    message = f"'{rule.as_}' is not a way to convert a value"
                    yield self._problem((*top, setting, "as"), message, did_you_mean(rule.as_, _SHAPES))
                if not rule.from_ and rule.is_ is None:
                    help_ = "add `from` with the attribute, or `is` with a value"
                    yield self._problem((*top, setting), f"it is not said where '{setting}' comes from", help_)

    def _settings(self, name: str, own: OwnType) -> Iterator[Diagnostic]:
        yield from self._rules((name, "set"), own.set)
        yield from self._rules((name, "pool", "set"), own.pool.set if own.pool else {})
        for setting in own.set:
            if setting.partition(".")[0] in _NOT_SET:
                message = f"`set` cannot have '{setting}'"
                help_ = "remove it; `kind` and `connects` of the entry and the address of the resource say this"
                yield self._problem((name, "set", setting), message, help_)
        fields = self._fields(own)
        for place, names in (("set", own.set), ("assume", own.assume)):
            for setting in names if fields is not None else ():
                if setting.partition(".")[0] not in (fields or ()):
                    message = f"the kind of the component has no setting '{setting}'"
                    yield self._problem((name, place, setting), message, did_you_mean(setting, fields or ()))

    def _connections(self, name: str, own: OwnType) -> Iterator[Diagnostic]:
        for number, ends in enumerate(own.connects):
            if not isinstance(ends.get("from"), str) or not isinstance(ends.get("to"), str):
                message = "a connection needs the attributes that name both ends"
                yield self._problem((name, "connects", number), message, "add `from` and `to`")
            for key in ends:
                if key not in ("from", *Call.model_fields):
                    message = f"a connection has no setting '{key}'"
                    help_ = did_you_mean(key, Call.model_fields)
                    yield self._problem((name, "connects", number, key), message, help_)

    def _links_and_pools(self, name: str, own: OwnType) -> Iterator[Diagnostic]:
        """Keys that only types of some kinds can have."""
        cls = self.kinds.get(self._kind(own))
        if own.joins and cls is not None and "joins" not in cls.model_fields:
            message = f"a component of the kind '{own.kind}' joins nothing"
            yield self._problem((name, "joins"), message, "choose a kind that does, such as network-link")
        if own.far_end and not own.joins:
            yield self._problem((name, "far_end"), "only what joins something has a far end", "add `joins`")
        if own.pool and cls is not None and not issubclass(cls, KubernetesCluster):
            message = "only a cluster and its parts have node pools"
            yield self._problem((name, "pool"), message, "remove `pool`, or name the type of the cluster in `part_of`")

    def _kind(self, own: OwnType) -> str:
        """The kind of the component that an entry is, or is a part of; empty if it is not known here."""
        owner = self.entries.get(own.part_of)
        return own.kind or (owner.kind if owner else "") or getattr(self.known.get(own.part_of), "kind", "")

    def _fields(self, own: OwnType) -> Collection[str] | None:
        """The settings that a component of the entry can have; None if its kind is not known here."""
        kind = self._kind(own)
        return self.kinds[kind].model_fields if kind in self.kinds and not own.instead else None

    def _problem(self, path: Path, message: str, help_: str) -> Diagnostic:
        return _located(Diagnostic(UNUSABLE, message, help_, path), self.root)
