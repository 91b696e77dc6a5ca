"""Rows about the keys of a mapping of the model, read from its JSON schema."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

KEYWORDS = ("assumed", "in", "when")


def schema_rows(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each key of a schema: its type in words, its default, what it is, and the mapping that it holds, if it holds one."""
    required = {key for found in (entry, entry.get("else", {})) for key in found.get("required", ())}
    required |= set(entry.get("x-required", ()))
    return [
        {
            "key": key,
            "type": _type(field),
            "unit": _unit(key),
            "inner": _inner(field),
            "required": key in required,
            "default": _default(field.get("default", "")),
            "about": field.get("description", ""),
        }
        for key, field in entry["properties"].items()
        if key not in KEYWORDS
    ]


def _default(value: Any) -> str:
    """A default as a model writes it; nothing for a mapping, whose keys have their own."""
    if isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(str, value))}]" if value else ""
    return str(value)


# The last words of keys, and what they say about the unit of the value.
_UNITS = {
    "days": "days",
    "hours": "hours",
    "minutes": "minutes",
    "seconds": "seconds",
    "gib": "GiB",
    "mib": "MiB",
    "kib": "KiB",
    "mbps": "Mbit/s",
    "percent": "percent",
    "usd": "US dollars",
    "per_second": "per second",
    "mib_per_second": "MiB/s",
}


@lru_cache(maxsize=4096)  # thousands of keys have a few hundred names
def _unit(key: str) -> str:
    """The unit that the name of a key states; empty if it states none."""
    return next((unit for end, unit in reversed(_UNITS.items()) if key == end or key.endswith(f"_{end}")), "")


def _inner(field: dict[str, Any]) -> str:
    """The name of the mapping that a field holds, or holds several of; empty if it holds none."""
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[1]
    values = [field.get("items"), *field.get("patternProperties", {}).values(), field.get("additionalProperties")]
    return next((name for value in values if isinstance(value, dict) and (name := _inner(value))), "")


_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def _type(field: dict[str, Any]) -> str:
    """The type of a field of a JSON schema, in words."""
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[1]
    if field.get("x-refers-to") == "component":
        return "ID of a component"
    if "const" in field:
        return f"always {field['const']}"
    if "enum" in field and len(field["enum"]) <= 8:
        return " or ".join(str(value) for value in field["enum"])
    if isinstance(field.get("type"), list):
        return " or ".join(_type({**field, "type": type_}) for type_ in field["type"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    if field.get("type") == "object":
        inner = [*field.get("patternProperties", {}).values(), field.get("additionalProperties")]
        values = next((value for value in inner if isinstance(value, dict) and value), None)
        return f"mapping of IDs to {_type(values)}" if values else "mapping"
    text = _TYPES.get(str(field.get("type")), "text")
    low, high, above = field.get("minimum"), field.get("maximum"), field.get("exclusiveMinimum")
    if low is not None and high is not None:
        return f"{text}, {low} to {high}"
    if above is not None:
        return f"{text}, more than {above}" + (f", at most {high}" if high is not None else "")
    return f"{text}, at least {low}" if low is not None else text
