"""The schemas of archgen's classes, kept between runs: pydantic takes a tenth of `archgen validate` to generate them.

A schema is kept after pydantic has completed a class with it. In a later run, the class is completed with the same schema, and pydantic
generates none. Whatever is not exactly as expected leaves the class to pydantic: another version, a plugin of pydantic, a class of a
model or of an installed package, a value that has no name in archgen's modules.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

import pydantic_core
from pydantic import VERSION, BaseModel
from pydantic_core import CoreConfig, CoreSchema, SchemaSerializer, SchemaValidator

from archgen.registry import declared
from archgen.system.kept import DATA, key_of

# The packages whose classes have kept schemas. Their modules decide these schemas.
_DECIDING = tuple(f"archgen.{package}" for package in ("model", "kinds", "clouds", "runbooks"))
# What a schema may contain by value; everything else must have a name in a module.
_PLAIN = (bool, int, float, str, bytes, type(None), list, tuple, dict, set, frozenset, date, partial, MethodType)
_NAMED = (FunctionType, BuiltinFunctionType)
_LIBRARIES = ("pydantic", "pydantic_core")

# Classes that archgen makes at run time, by a name that says what they are made of. The first one with a name has it.
_made: WeakValueDictionary[str, type[BaseModel]] = WeakValueDictionary()
_name_of: WeakKeyDictionary[type, str] = WeakKeyDictionary()


def name_made(made: type[BaseModel], of: Mapping[str, type[BaseModel]], base: type[BaseModel]) -> None:
    """Let the schema of a class be kept that archgen has made like `base`, with fields whose classes are `of`.

    Nothing else may decide it. Without a name for one of the classes, its schema is not kept.
    """
    names = {field: _name(cls) for field, cls in of.items()}
    if all(names.values()) and (like := _name(base)):
        name = f"{like}({', '.join(f'{field}: {name}' for field, name in names.items())})"
        if _made.setdefault(name, made) is made:
            _name_of[made] = name


def _name(cls: type) -> str:
    """The name of a class of archgen; empty if it is made for a model, or in a package that is installed."""
    if cls in _name_of:
        return _name_of[cls]
    module = cls.__module__
    known = module.rpartition(".")[0] in _DECIDING and getattr(sys.modules.get(module), cls.__qualname__, None) is cls
    return f"{module}.{cls.__qualname__}" if known else ""


class _Completion(NamedTuple):
    """What a class is completed with."""

    schema: CoreSchema
    config: CoreConfig | None


def complete(cls: type[BaseModel]) -> bool:
    """Complete a class with the schema that an earlier run has kept. Returns whether there is one; otherwise, nothing changes."""
    kept = DATA.find(_key(name)) if (name := _usable(cls)) else None
    if not isinstance(kept, bytes):
        return False
    try:
        completion = _Unpickler(io.BytesIO(kept)).load()
        validator = SchemaValidator(completion.schema, completion.config)
        serializer = SchemaSerializer(completion.schema, completion.config)
    except Exception:  # whatever is wrong with what was kept, pydantic generates it again
        return False
    cls.__pydantic_core_schema__ = completion.schema
    cls.__pydantic_serializer__ = serializer
    cls.__pydantic_validator__ = validator
    cls.__pydantic_complete__ = True  # last, as other threads look at it first
    return True


def keep(cls: type[BaseModel]) -> None:
    """Keep the schema with which pydantic has completed a class, if it can be read again in another run."""
    if not (name := _usable(cls)) or not _is_as_expected(cls):
        return
    completion = _Completion(cls.__pydantic_core_schema__, _schema_of(cls).get("config"))
    file = io.BytesIO()
    try:
        _Pickler(file, _defaults_in(completion.schema)).dump(completion)
    except (pickle.PicklingError, AttributeError, TypeError):
        return
    DATA.add(_key(name), file.getvalue())


def _usable(cls: type[BaseModel]) -> str:
    """The name under which the schema of a class is kept; empty if pydantic must complete it."""
    return "" if declared("[pydantic]") or not cls.__pydantic_fields_complete__ else _name(cls)


def _is_as_expected(cls: type[BaseModel]) -> bool:
    """Whether pydantic completed a class with nothing but what `complete` sets."""
    return (
        cls.__pydantic_complete__
        and type(cls.__pydantic_validator__) is SchemaValidator
        and type(cls.__pydantic_serializer__) is SchemaSerializer
        and not cls.model_computed_fields
        and not any(field.deprecated for field in cls.model_fields.values())
        and _schema_of(cls) != {}
    )


def _schema_of(cls: type[BaseModel]) -> dict[str, Any]:
    """The part of its schema that is the class itself, without validators and definitions around it; empty if there is none."""
    return next((part for part in _classes_in(cls.__pydantic_core_schema__) if part["cls"] is cls), {})


def _classes_in(schema: Any) -> Iterator[dict[str, Any]]:
    """The parts of a schema that are classes."""
    if isinstance(schema, dict):
        if schema.get("type") == "model":
            yield schema
        for part in schema.values():
            yield from _classes_in(part)
    elif isinstance(schema, (list, tuple)):
        for part in schema:
            yield from _classes_in(part)


def _defaults_in(schema: CoreSchema) -> dict[int, tuple[type, str]]:
    """The class and the field of each default in a schema that is an entity, by its id(). Classes share such defaults."""
    return {
        id(field.default): (part["cls"], name)
        for part in _classes_in(schema)
        for name, field in part["cls"].model_fields.items()
        if isinstance(field.default, BaseModel)
    }


@cache
def _key(name: str) -> bytes:
    versions = f"{sys.version} {VERSION} {pydantic_core.__version__}"
    return key_of(f"core schema of {name} {versions}", *_DECIDING)


class _Pickler(pickle.Pickler):
    """Writes a schema. Classes, functions and default entities are written by name, and raise PicklingError if they have none."""

    def __init__(self, file: io.BytesIO, defaults: Mapping[int, tuple[type, str]]) -> None:
        super().__init__(file, protocol=5)
        self._defaults = defaults

    def persistent_id(self, value: Any) -> Any:
        """The name of a value that has none in a module; None for the other values that a schema may contain."""
        if isinstance(value, type) and value in _name_of:
            return "class", _name_of[value]
        if id(value) in self._defaults:
            return "default", *self._defaults[id(value)]
        by_name = isinstance(value, (type, *_NAMED)) and _is_known(value)
        if by_name or type(value) in _PLAIN or isinstance(value, _Completion):
            return None
        raise pickle.PicklingError(f"{value!r} has no name")


def _is_known(value: Any) -> bool:
    """Whether a class or function is Python's, pydantic's or archgen's, which decide the key or are in it."""
    package = (value.__module__ or "").partition(".")[0]
    return package in ("archgen", *_LIBRARIES) or package in sys.stdlib_module_names


class _Unpickler(pickle.Unpickler):
    """Reads what _Pickler wrote."""

    def persistent_load(self, pid: Any) -> Any:
        """The value that has a name. Raises KeyError if there is none."""
        if pid[0] == "class":
            return _made[pid[1]]
        return pid[1].model_fields[pid[2]].default
