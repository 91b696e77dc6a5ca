"""Traits: what rules, views and answers need to know about a component, whatever its kind is called.

A kind states them for all of its components, a product states its redundancy, and a component can correct both. A trait that
is not stated is unknown. It is not "no".
"""

from collections.abc import Iterator
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import BaseModel, Field

from archgen.catalog.product import Product
from archgen.model.base import Entity
from archgen.model.patterns import matching

Redundancy = Literal["zonal", "regional", "global"]

SettingPath = Annotated[
    str,
    matching(
        r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*( \+ 1)?$",
        "a number, or the setting that states it: scaling.min, or `replicas + 1` where the setting does not count the first copy",
        max_length=80,
    ),
]


class Traits(Entity):
    """What is known about components, independent of their kind. A trait that is left out is unknown."""

    stateful: bool | None = None
    """Whether losing it loses state."""
    keeps_data: bool | None = None
    """Whether it stores data, which is then expected to be encrypted, backed up and recoverable."""
    redundancy: Redundancy | None = None
    """`zonal`: each copy is in one zone and stops with it. `regional`: the vendor spreads it over the zones of its region.
    `global`: it survives the loss of a region."""
    copies: Annotated[int, Field(ge=0, le=10000)] | SettingPath | None = None
    """How many copies of it run: a number, or the setting that states it. `true` counts as two copies."""
    port: Annotated[int, Field(ge=1, le=65535)] | SettingPath | None = None
    """The port that it listens on: a number, or the setting that states it."""
    entrance: bool | None = None
    """Whether it can be reached from the internet."""
    starts: bool = False
    """Whether it starts something by itself, as a schedule or a partner's system does, so that the high-level view begins with it."""
    carrier: bool = False
    """Whether it takes messages and delivers them later, as a queue does, so that its senders do not wait for receivers."""
    proxy: bool = False
    """Whether it passes requests on, as a load balancer does: without one of its targets it still leads to the others."""
    restarts: Literal["guests", "itself"] | None = None
    """`guests`: starts what runs on it anew in another zone. `itself`: is started anew in another zone, as a group of servers is."""

    def over(self, lower: Self) -> Self:
        """These traits, and those of `lower` that these do not state."""
        stated = self.model_fields_set
        return lower.model_copy(update={name: getattr(self, name) for name in stated}) if stated else lower


def product_traits(product: Product, component: Entity) -> Traits:
    """What a product states about a component that uses it: how far it is spread, and the port that its vendor has chosen."""
    stated: dict[str, Any] = {}
    if product.redundancy:
        stated["redundancy"] = product.redundancy.scope
    for condition, port in product.ports.items():
        setting, _, value = condition.partition("=")
        if str(setting_of(component, setting)).lower() == value:
            stated["port"] = port
    return Traits(**stated)


def is_regionless(product: Product | None, stated: Traits) -> bool:
    """Whether a component is in no region, by the traits that it states, or by what is known about its product."""
    if stated.redundancy or product is None:
        return stated.redundancy == "global"
    return product.where == "global" or (product.redundancy is not None and product.redundancy.scope == "global")


def count_of(value: Any) -> int | None:
    """The number of copies that the value of a setting states; None if it states none."""
    if value is None:
        return None
    if isinstance(value, bool):
        return 2 if value else 1
    return value if isinstance(value, int) else None


def setting_of(entity: Entity, path: str) -> Any:
    """The value of a setting such as `scaling.min`; None if it, or something on the way to it, is not set."""
    value: Any = entity
    for key in path.removesuffix(" + 1").split("."):
        value = getattr(value, key, None)
    return value


@lru_cache(maxsize=1024)  # coordinates ask for the same settings of the same classes
def is_whole_number(class_: type[Entity], path: str) -> bool | None:
    """Whether a setting of a class, such as `scaling.min`, can be a whole number, or true or false; None if the class does not have it."""
    types: list[Any] = [class_]
    for key in path.removesuffix(" + 1").split("."):
        fields = [type_.model_fields[key] for type_ in types if _is_entity(type_) and key in type_.model_fields]
        if not fields:
            return None
        types = [type_ for field in fields for type_ in _options(field.annotation)]
    return any(isinstance(type_, type) and issubclass(type_, int) for type_ in types)


def _is_entity(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, BaseModel)


def _options(annotation: Any) -> Iterator[Any]:
    """The types that a value can have, without the bounds and marks around them."""
    if get_origin(annotation) is Annotated:
        yield from _options(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for option in get_args(annotation):
            yield from _options(option)
    else:
        yield annotation
