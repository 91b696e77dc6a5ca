"""Messages for values that do not fit their type: pydantic's errors in the terms of the model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from archgen.diagnostics.diagnostic import Path, did_you_mean, dotted
from archgen.model.patterns import meaning_of
from archgen.reading.yaml_tree import YamlNode


def describe(
    detail: dict[str, Any], path: Path, known: Iterable[str], written: YamlNode | None = None, below: Sequence[str] = ()
) -> tuple[str, str, str]:
    """Code, message and help for one of pydantic's errors.

    `known` has the keys that are allowed next to the value, and `below` those of them whose mappings have the value's key;
    `written` is the value as written in the file.
    """
    kind, given = detail["type"], detail.get("input")
    name = _name_of(path)
    if kind == "missing":
        where = f" in {dotted(path[:-1])}" if path[:-1] else ""
        return (
            "ARC-M001",
            f"{name} is missing{where}",
            "add version: 1" if path == ("version",) else f"add `{path[-1]}:`",
        )
    if kind == "extra_forbidden":
        belongs = f"{name} belongs below {' or '.join(f'`{key}`' for key in below)}" if below else ""
        return "ARC-M002", f"unknown key {name}", did_you_mean(path[-1], known, otherwise=belongs)
    if kind in ("literal_error", "enum"):
        return _wrong_choice(detail, path, _text(written, given))
    if kind.endswith(("_type", "_parsing")):
        return _wrong_type(kind.rsplit("_", 1)[0], path, given, _text(written, given))
    if kind == "value_error":
        return "ARC-M005", str(detail.get("ctx", {}).get("error", detail["msg"])), ""
    if kind == "string_pattern_mismatch":
        meaning, _, help_ = meaning_of(str(detail["ctx"]["pattern"])).partition(": ")
        return "ARC-M005", f"'{given}' is not {meaning}", help_
    return "ARC-M005", _out_of_bounds(detail, name), ""


def _name_of(path: Path) -> str:
    """How messages refer to the value at a path: by its key, or by its number in a list, counted from 1."""
    if not path:
        return "the model"
    if isinstance(path[-1], int):
        return f"item {path[-1] + 1} of {_name_of(path[:-1])}"
    return f"`{path[-1]}`"


def _text(written: YamlNode | None, given: Any) -> str:
    """A value as written in the file: `1.30`, which Python reads as 1.3."""
    if written is not None:
        return written.text
    return str(given) if isinstance(given, (str, int, float)) else "…"


def _wrong_choice(detail: dict[str, Any], path: Path, text: str) -> tuple[str, str, str]:
    """Code, message and help for a value that is none of the allowed ones, which pydantic lists as `'a', 'b' or 'c'`."""
    expected, given = str(detail.get("ctx", {}).get("expected", "")), detail.get("input")
    choices = [choice.strip("' ") for choice in expected.replace(" or ", ", ").split(",")]
    if path == ("version",):
        message = f"this archgen reads versions {' and '.join(choices)} of the model's format, not '{text}'"
        return "ARC-M003", message, f"write version: {choices[-1]}, without quotes"
    help_ = did_you_mean(given, choices) if isinstance(given, str) else f"use one of: {', '.join(choices)}"
    if given in ("off", "none", "disabled") and "ignore" in choices:
        help_ = f"write {path[-1]}: ignore to turn the rule off"
    return "ARC-M003", f"{_name_of(path)} cannot be '{text}'", help_


# What pydantic's errors about lengths and bounds mean: the key in their context that has the limit, and the sentence.
_BOUNDS = {
    "greater_than_equal": ("ge", "{name} must be at least {limit}, not {given}"),
    "greater_than": ("gt", "{name} must be more than {limit}, not {given}"),
    "less_than_equal": ("le", "{name} must be at most {limit}, not {given}"),
    "less_than": ("lt", "{name} must be less than {limit}, not {given}"),
    "string_too_long": ("max_length", "{name} has {length} characters; at most {limit} are allowed"),
    "too_long": ("max_length", "{name} has {length} items; at most {limit} are allowed"),
}


def _out_of_bounds(detail: dict[str, Any], name: str) -> str:
    given, context = detail.get("input"), detail.get("ctx", {})
    if detail["type"] in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return f"{name} must not be empty"
    if detail["type"] in _BOUNDS:
        key, sentence = _BOUNDS[detail["type"]]
        length = len(given) if isinstance(given, (str, list, tuple, dict)) else ""
        return sentence.format(name=name, limit=context[key], given=given, length=length)
    message = re.sub(r"^(Input|String|Tuple|Dictionary) should", lambda _match: f"{name} should", str(detail["msg"]))
    return message.replace(" after validation", "")


_TYPES = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "dict": "a mapping of keys to values",
    "model": "a mapping of keys to values",
    "tuple": "a list",
    "list": "a list",
}


def _wrong_type(wanted: str, path: Path, given: Any, text: str) -> tuple[str, str, str]:
    help_ = ""
    if wanted == "string" and isinstance(given, (int, float)):
        help_ = f'put it in quotes: "{text}"'
    elif (wanted == "int" and _is_number(given)) or (wanted == "bool" and given in ("true", "false")):
        help_ = f"write {given} without quotes"
    elif wanted in ("int", "float") and _MEASURED.fullmatch(str(given)):
        help_ = f"write the number alone{_unit_of(path)}"
    elif wanted in ("tuple", "list") and path:
        help_ = f"write {path[-1]}: [{given if not isinstance(given, (dict, list)) else '…'}]"
    elif wanted in ("dict", "model") and path and isinstance(path[-1], str):
        help_ = f"write {path[-1]}: {{key: value}}, or indent the keys below it"
    return "ARC-M004", f"{_name_of(path)} must be {_TYPES.get(wanted, wanted)}, not {_shown(given, text)}", help_


# A number followed by what may be a unit: 20GB, 7 days.
_MEASURED = re.compile(r"[0-9]+([.][0-9]+)?[ ]?[A-Za-z%]+")

# The last word of a key that states its unit, and how the unit is written.
_UNITS = {
    "gib": "GiB",
    "mib": "MiB",
    "seconds": "seconds",
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "percent": "percent",
}


def _unit_of(path: Path) -> str:
    unit = _UNITS.get(str(path[-1]).rsplit("_", 1)[-1]) if path else None
    return f", in {unit}" if unit else ""


def _is_number(given: Any) -> bool:
    return isinstance(given, str) and given.isdecimal()


def _shown(given: Any, text: str) -> str:
    """A value in a message. Text that looks like a number or a boolean is called text, because its quotes are the mistake."""
    if isinstance(given, str):
        return f'the text "{text}"' if _is_number(given) or given in ("true", "false") else f"`{text}`"
    if isinstance(given, (int, float)):
        return f"`{text}`"
    if isinstance(given, dict):
        return "a mapping"
    return "a list" if isinstance(given, (list, tuple)) else "something else"
