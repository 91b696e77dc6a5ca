"""What expressions compute with: their limits, their errors, the parts of values that they may reach, and what a result may be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.reading.yaml_tree import hidden

MAX_LENGTH = 2_000  # characters of an expression
MAX_DEPTH = 50  # operations inside each other
MAX_STEPS = 100_000  # operations, and items that they go through
MAX_TEXT = 100_000  # characters of any text on the way
MAX_ITEMS = 10_000  # items of any list or mapping on the way
MAX_NUMBER = 2**63 - 1  # what Terraform and JSON readers agree on
MAX_EXPONENT = 64
MAX_DIGITS = 18


class ExpressionError(ValueError):
    """An expression that has no value: it cannot be read, names something that is not there, or goes beyond a limit."""


class MissingNameError(ExpressionError):
    """A fact that is not there, which `default` and `is defined` ask about."""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A sentence about a name that is not there, with the closest that is."""
    return f"there is no {what} '{name}': {did_you_mean(name, known)}"


def member(of: Any, name: str, called: str = "it") -> Any:
    """A setting of a part of the model, one of the properties that archgen gives it, or an entry of a mapping.

    Raises ExpressionError for everything else that Python would find there.
    """
    if isinstance(of, Mapping):
        if name in of:
            return of[name]
        raise MissingNameError(f"'{called}' has no entry '{name}': {did_you_mean(name, of)}")
    if isinstance(of, BaseModel):
        if name in type(of).model_fields:
            return getattr(of, name)
        own = next((vars(c)[name] for c in type(of).__mro__ if name in vars(c)), None)
        if isinstance(own, property) and not name.startswith(("_", "model_")):
            return getattr(of, name)
        raise MissingNameError(f"'{called}' has no setting '{name}': {did_you_mean(name, type(of).model_fields)}")
    raise ExpressionError(f"'{called}' is {kind_of(of)}, which has no '{name}'")


def plain(value: Any) -> Any:
    """A value as JSON has it: text, numbers, truth values, none, lists, and mappings by text.

    Raises ExpressionError where it holds anything else.
    """
    return _plain(value, [0])


def _plain(value: Any, counted: list[int]) -> Any:
    """The same; `counted` holds what has been met so far, since a part may stand in many places."""
    counted[0] += size_of(value)
    if counted[0] > MAX_STEPS:
        raise ExpressionError(f"its value is larger than {MAX_STEPS:,} items and characters")
    if isinstance(value, tuple | list):
        return [_plain(item, counted) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {_visible(key): _plain(item, counted) for key, item in value.items()}
    if isinstance(value, str):
        return _visible(value)
    if value is None or isinstance(value, int | float | bool):
        return value
    raise ExpressionError(f"{kind_of(value)} cannot be the value of a variable")


def _visible(text: str) -> str:
    """The text. Raises ExpressionError where it holds what a model's own texts may not: an escape in a literal could make it."""
    for _column, character in hidden(text):
        raise ExpressionError(f"its value holds the character U+{ord(character):04X}, which cannot be seen")
    return text


def size_of(value: Any) -> int:
    """What a value costs to have: 1, and as much again for each item or some characters. Raises ExpressionError if it is too large."""
    if isinstance(value, str):
        limit(len(value), MAX_TEXT, "characters")
        return 1 + len(value) // 100
    if isinstance(value, list | tuple | Mapping | set):
        limit(len(value), MAX_ITEMS, "items")
        return 1 + len(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("a number on the way is not finite")
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        raise ExpressionError("a number on the way is larger than 64 bits hold")
    return 1


def limit(number: int, most: int, what: str) -> None:
    if number > most:
        raise ExpressionError(f"something on the way has more than {most:,} {what}")


_KINDS: Mapping[type, str] = {
    bool: "a truth value",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    tuple: "a list",
    dict: "a mapping",
    type(None): "none",
}


def kind_of(value: Any) -> str:
    """What people call such a value."""
    if isinstance(value, BaseModel):
        return f"a part of the model ({type(value).__name__})"
    return _KINDS.get(type(value), f"a {type(value).__name__}")
