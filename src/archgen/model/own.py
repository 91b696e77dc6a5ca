"""The kinds of components and the products that a model declares itself, as classes and as entries of the catalog."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from archgen.catalog.entries import Category
from archgen.catalog.product import Product, ProductRedundancy, ServiceLevel
from archgen.model.base import IDENTIFYING, CloudId, ComponentId, Entity, Id, KindId, Line, Listed, Text, WebAddress
from archgen.model.component import Component
from archgen.model.icon import ProjectIcon, drawable, is_file
from archgen.model.overlay import KEYWORDS
from archgen.model.patterns import matching
from archgen.model.traits import Traits

if TYPE_CHECKING:
    from archgen.reading.yaml_tree import YamlNode


def _free(name: str) -> str:
    if name in Component.model_fields or name in KEYWORDS:
        raise ValueError(f"every component already has a key `{name}`; choose a different name for the setting")
    if name in dir(Component) or keyword.iskeyword(name):
        raise ValueError(f"`{name}` is reserved by archgen; choose a different name for the setting")
    return name


SettingName = Annotated[
    str, matching(r"^[a-z][a-z0-9_]{0,39}$", "the name of a setting such as retention_days"), AfterValidator(_free)
]
# The integers that every JSON and YAML reader represents exactly.
Bound = Annotated[int, Field(ge=-(2**53), le=2**53)]


class Setting(Entity):
    """One setting of a kind that the model declares."""

    type: Literal["text", "integer", "number", "boolean", "list", "component"] = "text"
    """The type of its value; `list` is a list of texts, and `component` the ID of a component in the model."""
    about: Text
    """What it means, for editors and the reference."""
    choices: Listed[Line] = ()
    """The allowed texts; by default any text."""
    minimum: Bound | None = None
    maximum: Bound | None = None
    required: bool = False
    identifies: bool = False
    """Whether its values identify the organization, so that the public edition leaves them out."""

    @model_validator(mode="after")
    def _fits(self) -> Setting:
        if self.identifies and (self.type not in ("text", "list") or self.choices):
            raise ValueError("`identifies` requires `type: text` or `type: list`, without `choices`")
        if self.choices and self.type != "text":
            raise ValueError(f"`choices` requires `type: text`, but this setting has the type {self.type}")
        if self.type not in ("integer", "number") and (self.minimum is not None or self.maximum is not None):
            raise ValueError(
                f"`minimum` and `maximum` require a numeric type, but this setting has the type {self.type}"
            )
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"`minimum` {self.minimum} is greater than `maximum` {self.maximum}")
        return self


class OwnKind(Entity):
    """A kind of component that archgen does not know."""

    label: Line
    """Its name for people."""
    definition: Text
    """What it is, in a sentence."""
    like: KindId | None = None
    """The kind from which it inherits traits, settings, its usual placement and its icon, unless it states its own."""
    traits: Traits = Traits()
    """What rules, pictures and answers need to know about such components."""
    placement: Id = "managed"
    """Where such components usually are: `outside`, `edge`, `managed`, or a tier of the network."""
    needs_product: bool = True
    """Whether such a component must name a product on each cloud."""
    protocols: Listed[
        Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([+.-][a-z0-9]+)*$", max_length=20)]
    ] = ()
    """Protocols that calls may use, in addition to those that archgen knows."""
    settings: dict[SettingName, Setting] = {}
    """The settings of this kind, in addition to those of all components."""
    icon: ProjectIcon | None = None
    """The picture of components without a product: a class of the diagrams package, or an SVG or PNG file of the project."""


class OwnServiceLevel(Entity):
    """The monthly uptime that a vendor commits to."""

    percent: Annotated[float, Field(ge=0, le=100, strict=False)]
    """For copies in several zones, if the vendor distinguishes."""
    url: WebAddress
    """The address of the agreement."""
    single_zone: Annotated[float, Field(ge=0, le=100, strict=False)] | None = None
    """For a single copy in one zone, if it is lower."""


class OwnProduct(Entity):
    """A product that archgen's catalog does not have."""

    cloud: CloudId = "neutral"
    """The cloud that offers it; `neutral` if it runs on any cloud."""
    name: Line
    short: Annotated[Line, StringConstraints(max_length=24)]
    """Its short name, for labels."""
    definition: Text
    """What it is, in a sentence."""
    documentation: WebAddress
    """The address of its official documentation."""
    kinds: Listed[Id] = ()
    """The kinds of components that can use it."""
    icon: ProjectIcon | None = None
    """Its picture in diagrams: a class of the diagrams package such as `onprem.queue.Kafka`, or an SVG or PNG file of the
    project such as `icons/efs.svg`."""
    tile: Annotated[str, StringConstraints(min_length=1, max_length=5)] | None = None
    """The letters on its tile in diagrams, if it has no `icon`."""
    category: Category = "general"
    """What it is about, which determines the color of the tile: `compute`, `database`, `analytics`, `integration`, `devtools`,
    `storage`, `network`, `security`, `management`, `kubernetes` or `general`."""
    aliases: Listed[Line] = ()
    """Other names for it in texts."""
    settings: Listed[Text] | None = None
    """The settings of its kinds that it has; by default all of them."""
    sla: OwnServiceLevel | None = None
    """The uptime that its vendor commits to; by default none is known."""
    redundancy: Literal["zonal", "regional", "global"] | None = None
    """What it survives by itself: `zonal` if it runs as copies that are each in one zone, `regional` if the loss of a zone does
    not stop it, `global` if the loss of a region does not. By default, this is not known."""

    @model_validator(mode="after")
    def _is_drawn(self) -> OwnProduct:
        if self.icon is None and self.tile is None:
            raise ValueError("a product requires `icon`, or `tile` with up to five letters")
        return self


def own_kinds(
    root: YamlNode, known: Mapping[str, type[Component]], icons: Mapping[str, str] = MappingProxyType({})
) -> dict[str, type[Component]]:
    """The kinds that a model declares, as classes by id, without invalid ones, which the validation of the model reports.

    `known` are the kinds that archgen and installed packages have. A kind that is like its own ID is like archgen's kind. A kind that is
    like an unknown kind, or like itself through others, inherits nothing; the resolution reports it. `icons` has the content of the
    project's icons by the names of their files.
    """
    declared: dict[str, OwnKind] = {}
    for name, data in _entries(root, "kinds"):
        try:
            declared[name] = OwnKind.model_validate(data)
        except ValidationError:
            continue
    kinds: dict[str, type[Component]] = {}
    for name in sorted(declared, key=lambda name: len(ancestors(name, declared))):
        parent = declared[name].like
        of_model = kinds.get(parent or "") if parent != name else None  # a kind that is like archgen's of the same ID
        kinds[name] = _class(name, declared[name], of_model or known.get(parent or ""))
        if icon := drawable(declared[name].icon, icons):
            kinds[name].icon = icon
    return {name: kinds[name] for name in declared}


def ancestors(name: str, declared: Mapping[str, OwnKind]) -> list[str]:
    """The ids of the declared kinds that a declared kind is like, directly or indirectly; in a circle it ends before it repeats itself."""
    found: list[str] = []
    start = name
    while (name := declared[name].like or "") in declared and name not in (*found, start):
        found.append(name)
    return found


def own_products(root: YamlNode, icons: Mapping[str, str] = MappingProxyType({})) -> dict[str, Product]:
    """The products that a model declares, as entries of the catalog by id, without invalid ones, which validation reports.

    `icons` has the content of the project's icons by the names of their files.
    """
    products = {}
    for name, data in _entries(root, "products"):
        try:
            products[name] = _product(name, OwnProduct.model_validate(data), icons)
        except ValidationError:
            continue
    return products


def _product(name: str, own: OwnProduct, icons: Mapping[str, str]) -> Product:
    """A product as an entry of the catalog."""
    values: dict[str, Any] = dict(own)
    values["icon"] = drawable(own.icon, icons)
    values["sla"] = ServiceLevel(own.sla.percent, own.sla.url, own.sla.single_zone) if own.sla else None
    values["redundancy"] = ProductRedundancy(own.redundancy) if own.redundancy else None
    return Product(id=name, **values)


def icon_files(root: YamlNode) -> dict[str, YamlNode]:
    """The files that kinds and products name as icons, each with the value that names it first."""
    named: dict[str, YamlNode] = {}
    for key in ("kinds", "products"):
        node = root.get((key,))
        for entry in node.value.values() if node is not None and isinstance(node.value, dict) else ():
            icon = entry.get(("icon",))
            if icon is not None and isinstance(icon.value, str) and is_file(icon.value):
                named.setdefault(icon.value, icon)
    return named


def _entries(root: YamlNode, key: str) -> list[tuple[str, Any]]:
    """Pairs of id and plain data of the entries under a key; empty if it is not a mapping."""
    node = root.get((key,))
    return list(node.plain().items()) if node is not None and isinstance(node.value, dict) else []


_TYPES: Mapping[str, Any] = {
    "text": Text,
    "integer": int,
    "number": float,
    "boolean": bool,
    "list": Listed[Text],
    "component": ComponentId,
}


def _class(name: str, kind: OwnKind, parent: type[Component] | None) -> type[Component]:
    """A class like those in kinds/, with the kind's settings as fields, and what it inherits from the kind that it is like."""
    from pydantic import create_model

    fields: dict[str, Any] = _inherited(parent) if parent else {}
    fields |= {setting: _field(declared) for setting, declared in kind.settings.items()}
    class_name = "Own" + "".join(
        part.capitalize() for part in name.split("-")
    )  # never the name of one of archgen's classes
    made: type[Component] = create_model(class_name, __base__=Component, __doc__=kind.definition, **fields)
    made.label = kind.label
    made.inherent = kind.traits.over(parent.inherent) if parent else kind.traits
    made.usual_placement, made.needs_product, made.protocols = kind.placement, kind.needs_product, kind.protocols
    if parent:
        stated = kind.model_fields_set
        made.icon, made.compared, made.alone = parent.icon, parent.compared, parent.alone
        made.person, made.firewall, made.data_store = parent.person, parent.firewall, parent.data_store
        made.joins_places, made.used_to = parent.joins_places, parent.used_to
        if "placement" not in stated:
            made.usual_placement = parent.usual_placement
        if "needs_product" not in stated:
            made.needs_product = parent.needs_product
        made.protocols = tuple(dict.fromkeys((*parent.protocols, *kind.protocols)))
    return made


def _inherited(parent: type[Component]) -> dict[str, tuple[Any, Any]]:
    """The settings of a kind as fields of a kind that is like it.

    All of them are optional and have no defaults: what is true of a PostgreSQL database unless it says otherwise may be wrong for a
    database that is only like one.
    """
    fields: dict[str, tuple[Any, Any]] = {}
    for name, field in parent.model_fields.items():
        if name not in Component.model_fields:
            type_ = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            about = Field(None, description=field.description, json_schema_extra=field.json_schema_extra)
            fields[name] = (type_ | None, about)  # type: ignore[operator]  # a type at run time
    return fields


def _field(setting: Setting) -> tuple[Any, Any]:
    type_ = Literal[setting.choices] if setting.choices else _TYPES[setting.type]
    if setting.identifies:
        type_ = Annotated[type_, IDENTIFYING]
    about = Field(... if setting.required else None, ge=setting.minimum, le=setting.maximum, description=setting.about)
    return (type_ if setting.required else type_ | None, about)
