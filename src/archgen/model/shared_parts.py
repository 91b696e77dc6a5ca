"""Making a JSON Schema smaller: fields that occur in many definitions are written once and referred to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

# A reference is about this long, so that shorter fields are left where they are.
_WORTH = 60
_AS_TEXT = json.JSONEncoder(
    ensure_ascii=False
).encode  # `json.dumps` makes another encoder for each of thousands of fields


def share_parts(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema, with fields that several of its definitions have under `$defs`, as `field.title`, and references to them.

    It accepts the same documents: a field is replaced by a reference to the same field. Definitions are in order of their names.
    """
    seen = Counter(_key(name, field) for name, field in _fields(schema))
    names = _names(key for key, count in seen.items() if count > 1 and len(key[1]) > _WORTH)
    shared = {names[key]: json.loads(key[1]) for key in names}
    whole: dict[str, Any] = _replaced(schema, names)
    return {**whole, "$defs": dict(sorted({**whole["$defs"], **shared}.items()))}


def _key(name: str, field: Any) -> tuple[str, str]:
    """A field as something that can be counted: its name and its schema as text."""
    return name, _AS_TEXT(field)


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields of all definitions of a schema."""
    for definition in schema["$defs"].values():
        yield from definition.get("properties", {}).items()


def _names(keys: Iterator[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """A name for each field: `field.title`, then `field.title.2` for another field with the same name."""
    taken: Counter[str] = Counter()
    named: dict[tuple[str, str], str] = {}
    for key in keys:
        taken[key[0]] += 1
        named[key] = f"field.{key[0]}" + (f".{taken[key[0]]}" if taken[key[0]] > 1 else "")
    return named


def _replaced(schema: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    definitions = {
        name: {**definition, "properties": _referring(definition["properties"], names)}
        if "properties" in definition
        else definition
        for name, definition in schema["$defs"].items()
    }
    return {**schema, "$defs": definitions}


def _referring(properties: Mapping[str, Any], names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    return {
        name: {"$ref": f"#/$defs/{names[key]}"} if (key := _key(name, field)) in names else field
        for name, field in properties.items()
    }
