"""A model's tree in; out come the kinds of components and the products that it brings itself, as classes and catalog entries."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from archgen.catalog import Product
from archgen.model.base import Entity, Id, Line, Listed, Text, WebAddress
from archgen.model.component import Component
from archgen.model.overlay import KEYWORDS
from archgen.model.patterns import matching

if TYPE_CHECKING:
    from archgen.reading.yaml_tree import YamlNode


def _free(name: str) -> str:
    if name in Component.model_fields or name in KEYWORDS:
        raise ValueError(f"every component has `{name}` already; give the setting another name")
    if name in dir(Component) or keyword.iskeyword(name):
        raise ValueError(f"`{name}` is a word that archgen needs itself; give the setting another name")
    return name


SettingName = Annotated[
    str, matching(r"^[a-z][a-z0-9_]{0,39}$", "the name of a setting such as retention_days"), AfterValidator(_free)
]
# As large as YAML's own integers are everywhere, and as JSON's numbers are exact.
Bound = Annotated[int, Field(ge=-(2**53), le=2**53)]


class Setting(Entity):
    """One setting of a kind of the project's own."""

    type: Literal["text", "integer", "number", "boolean", "list"] = "text"
    """What it holds; `list` is a list of texts."""
    about: Text
    """What it means, for editors and the reference."""
    choices: Listed[Line] = ()
    """The texts that are possible; any without it."""
    minimum: Bound | None = None
    maximum: Bound | None = None
    required: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Setting:
        if self.choices and self.type != "text":
            raise ValueError(f"`choices` are texts; this setting is of type {self.type}")
        if self.type not in ("integer", "number") and (self.minimum is not None or self.maximum is not None):
            raise ValueError(f"`minimum` and `maximum` are for numbers; this setting is of type {self.type}")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"`minimum` {self.minimum} is more than `maximum` {self.maximum}")
        return self


class OwnKind(Entity):
    """A kind of component that archgen does not know."""

    label: Line
    """What people call it."""
    definition: Text
    """What it is, in a sentence."""
    placement: Id = "managed"
    """Where such components usually sit: `outside`, `edge`, `managed`, or a tier of the network."""
    needs_product: bool = True
    """Whether such a component must name a product on each cloud."""
    settings: dict[SettingName, Setting] = {}
    """The settings that only this kind has."""


class OwnProduct(Entity):
    """A product that archgen's catalog does not have."""

    cloud: Literal["aws", "gcp", "neutral"] = "neutral"
    """Whose it is; `neutral` for one that runs on any cloud."""
    name: Line
    short: Annotated[Line, StringConstraints(max_length=24)]
    """What labels call it."""
    definition: Text
    """What it is, in a sentence."""
    documentation: WebAddress
    """Address of its official documentation."""
    kinds: Listed[Id] = ()
    """The kinds of components that it can be."""
    tile: Annotated[str, StringConstraints(min_length=1, max_length=5)]
    """The letters on its tile."""
    category: Literal[
        "compute", "database", "devtools", "storage", "network", "security", "management", "kubernetes", "general"
    ] = "general"
    """Decides the tile's colour."""
    aliases: Listed[Line] = ()
    """Other names that texts use."""


def own_kinds(root: YamlNode) -> dict[str, type[Component]]:
    """The kinds that a model declares, as classes. What is not whole is left out: the model's validation says why."""
    found = {}
    for name, data in _entries(root, "kinds"):
        try:
            found[name] = _class(name, OwnKind.model_validate(data))
        except ValidationError:
            continue
    return found


def own_products(root: YamlNode) -> dict[str, Product]:
    """The products that a model declares, as entries of the catalog; likewise."""
    found = {}
    for name, data in _entries(root, "products"):
        try:
            found[name] = Product(id=name, **dict(OwnProduct.model_validate(data)))
        except ValidationError:
            continue
    return found


def _entries(root: YamlNode, key: str) -> list[tuple[str, Any]]:
    node = root.get((key,))
    return list(node.plain().items()) if node is not None and isinstance(node.value, dict) else []


_TYPES: Mapping[str, Any] = {"text": Text, "integer": int, "number": float, "boolean": bool, "list": Listed[Text]}


def _class(name: str, kind: OwnKind) -> type[Component]:
    """A class like those in kinds/, with the settings as fields."""
    from pydantic import create_model

    fields: dict[str, Any] = {setting: _field(declared) for setting, declared in kind.settings.items()}
    class_name = "Own" + "".join(part.capitalize() for part in name.split("-"))  # never the name of a class of ours
    made: type[Component] = create_model(class_name, __base__=Component, __doc__=kind.definition, **fields)
    made.label = kind.label
    made.usual_placement = kind.placement
    made.needs_product = kind.needs_product
    return made


def _field(setting: Setting) -> tuple[Any, Any]:
    type_ = Literal[setting.choices] if setting.choices else _TYPES[setting.type]
    about = Field(... if setting.required else None, ge=setting.minimum, le=setting.maximum, description=setting.about)
    return (type_ if setting.required else type_ | None, about)
