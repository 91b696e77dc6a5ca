"""The references in a part of the model: every value whose declared type marks it as the id of something else in the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, get_args, get_origin
from weakref import WeakKeyDictionary

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from archgen.diagnostics.diagnostic import Path
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """One reference: its path, the type of thing that it names (`component`, `tier`, `team`, ... as in `x-refers-to`), and the id.

    `stated` is False if the value is a default that the model does not write out.
    """

    path: Path
    what: str
    id: str
    stated: bool


def mentions(entity: BaseModel, path: Path, *, stated: bool = True) -> Iterator[Mention]:
    """Every reference in an entity and the entities inside it, in the order of their fields; `path` is the path of the entity."""
    for name, key, declared in _fields(type(entity)):
        value = getattr(entity, name)
        if value is None:
            continue
        written = stated and name in entity.model_fields_set
        yield from _in_value(declared, value, (*path, key), written)


def references_of(class_: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """(a key, the type of thing that its value names) for each field of a class whose value, items or keys are references."""
    for _name, key, declared in _fields(class_):
        for what in dict.fromkeys(_things(declared.type)):
            yield key, what


def _things(type_: Any) -> Iterator[str]:
    """What values of a declared type name, without what entities inside them name."""
    marks, inner = _unwrapped(type_)
    if what := marks.get("x-refers-to") or marks.get("x-keys-refer-to"):
        yield what
    for argument in get_args(inner):
        yield from _things(argument)


class _Declared:
    """A declared type, with what its values refer to, which takes longer to find out than to read a value."""

    def __init__(self, type_: Any) -> None:
        self.type = type_
        self._marks, self._inner = _unwrapped(type_)

    @cached_property
    def of_text(self) -> str | None:
        """The type of thing that a text refers to; None if it is not a reference."""
        return self._marks.get("x-refers-to") or _mark_of_union(self._inner)

    @cached_property
    def of_mapping(self) -> tuple[str | None, _Declared]:
        """The type of thing that keys of a mapping refer to, and its values."""
        keys, values = _arguments(self._inner, dict, 2)
        return self._marks.get("x-keys-refer-to") or _unwrapped(keys)[0].get("x-refers-to"), _Declared(values)

    @cached_property
    def of_list(self) -> _Declared:
        """The items of a list."""
        return _Declared(_arguments(self._inner, tuple, 1)[0])


_Field = tuple[str, str, _Declared]
# By class. Classes of kinds that a model declares end with the model.
_FIELDS: WeakKeyDictionary[type[BaseModel], tuple[_Field, ...]] = WeakKeyDictionary()


def _fields(class_: type[BaseModel]) -> tuple[_Field, ...]:
    """The fields of a class that can contain a reference: the name, the key in the model, and the type."""
    if (known := _FIELDS.get(class_)) is None:
        base = class_.__base__
        above = base if base is not None and issubclass(base, BaseModel) else BaseModel
        of_base = {entry[0]: entry for entry in _fields(above)} if above.model_fields else {}
        found = (
            _entry(name, field, above.model_fields.get(name), of_base) for name, field in class_.model_fields.items()
        )
        known = _FIELDS[class_] = tuple(entry for entry in found if entry)
    return known


def _entry(name: str, field: FieldInfo, inherited: FieldInfo | None, of_base: Mapping[str, _Field]) -> _Field | None:
    """The entry of a field in _fields(), that of the base class if it inherits the field; None if it cannot contain a reference."""
    same = inherited and field.annotation is inherited.annotation and field.alias == inherited.alias
    if inherited and same and _marks(field) == _marks(inherited):
        return of_base.get(name)
    type_ = _type_of(field)
    return (name, field.alias or name, _Declared(type_)) if _can_refer(type_) else None


def _can_refer(type_: Any) -> bool:
    """Whether a value of the type can contain a reference."""
    marks, inner = _unwrapped(type_)
    if marks or (isinstance(inner, type) and issubclass(inner, BaseModel)):
        return True
    return inner is Any or any(_can_refer(argument) for argument in get_args(inner))


def _type_of(field: FieldInfo) -> Any:
    """The declared type of a field, including the marks that pydantic has moved from the type to the field."""
    marks = _marks(field)
    return Annotated[field.annotation, field] if marks else field.annotation


def _marks(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return (
        {k: v for k, v in extra.items() if k in ("x-refers-to", "x-keys-refer-to")} if isinstance(extra, dict) else {}
    )


def _in_value(declared: _Declared, value: Any, path: Path, stated: bool) -> Iterator[Mention]:
    """The references in one value of a declared type."""
    if isinstance(value, str):  # the most frequent first: a check for BaseModel takes ten times longer
        if what := declared.of_text:
            yield Mention(path, what, value, stated)
    elif isinstance(value, Mapping):
        what, values = declared.of_mapping
        for key, item in value.items():
            if what and not getattr(item, "to", None):  # a call with `to` can have any key
                yield Mention((*path, key), what, key, stated)
            yield from _in_value(values, item, (*path, key), stated)
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from _in_value(declared.of_list, item, (*path, position), stated)
    elif isinstance(value, BaseModel):
        yield from mentions(value, path, stated=stated)


def _unwrapped(type_: Any) -> tuple[dict[str, Any], Any]:
    """The marks around a type, merged, and the type inside them."""
    marks: dict[str, Any] = {}
    while get_origin(type_) is Annotated:
        type_, *metadata = get_args(type_)
        for item in metadata:
            if isinstance(item, FieldInfo):
                marks |= _marks(item)
    return marks, type_


def _mark_of_union(type_: Any) -> str | None:
    """The type of thing that a union such as `TeamId | None` refers to; None if it is not a reference."""
    if get_origin(type_) in (None, dict, tuple):
        return None
    marks = (_unwrapped(option)[0].get("x-refers-to") for option in get_args(type_))
    return next((what for what in marks if what), None)


def _arguments(type_: Any, origin: type, count: int) -> tuple[Any, ...]:
    """The type arguments of a `dict` or `tuple`, also inside a union; `Any` for each if there are none."""
    for option in (type_, *(get_args(type_) if get_origin(type_) not in (dict, tuple) else ())):
        inner = _unwrapped(option)[1]
        if get_origin(inner) is origin:
            return get_args(inner)
    return (Any,) * count
