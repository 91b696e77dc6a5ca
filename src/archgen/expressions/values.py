"""The values of expressions: limits, errors, access to parts of values, and the types that a result may have."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.reading.yaml_tree import hidden

MAX_LENGTH = 2_000  # characters of an expression
MAX_DEPTH = 50  # nested operations
MAX_STEPS = 100_000  # operations, and items that they iterate over
MAX_TEXT = 100_000  # characters of any intermediate text
MAX_ITEMS = 10_000  # items of any intermediate list or mapping
MAX_NUMBER = 2**63 - 1  # the largest integer that all Terraform and JSON readers support
MAX_EXPONENT = 64
MAX_DIGITS = 18


class ExpressionError(ValueError):
    """An expression without a value, because of a syntax error, an unknown name, a wrong type or an exceeded limit."""


class MissingNameError(ExpressionError):
    """An unknown fact or entry, which `default` and `is defined` handle."""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A message about an unknown name, with a suggestion."""
    return f"unknown {what} '{name}'; {did_you_mean(name, known)}"


def member(of: Any, name: str, called: Callable[[], str] = lambda: "it") -> Any:
    """A setting of a part of the model, a property that archgen defines for it, or an entry of a mapping.

    Raises ExpressionError for all other Python attributes. `called` returns the name of the value for messages.
    """
    if isinstance(of, Mapping):
        if name in of:
            return of[name]
        raise MissingNameError(f"'{called()}' has no entry '{name}'; {did_you_mean(name, of)}")
    if isinstance(of, BaseModel):
        if name in type(of).model_fields:
            return getattr(of, name)
        own = next((vars(c)[name] for c in type(of).__mro__ if name in vars(c)), None)
        if isinstance(own, property) and not name.startswith(("_", "model_")):
            return getattr(of, name)
        raise MissingNameError(f"'{called()}' has no setting '{name}'; {did_you_mean(name, type(of).model_fields)}")
    if of is None:
        raise MissingNameError(f"'{called()}' is not set, so it has no '{name}'")
    raise ExpressionError(f"'{called()}' is {kind_of(of)}, which has no '{name}'")


def plain(value: Any) -> Any:
    """A value that can be written as JSON: text, numbers, booleans, None, lists, and mappings with text as keys.

    Raises ExpressionError if it contains anything else.
    """
    return _plain(value, [0])


def _plain(value: Any, counted: list[int]) -> Any:
    """Like plain(); `counted` has the total size so far, because one value may occur in many places."""
    counted[0] += size_of(value)
    if counted[0] > MAX_STEPS:
        raise ExpressionError(f"its value is larger than {MAX_STEPS:,} items, where 100 characters count as one item")
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
    """`text` unchanged. Raises ExpressionError for invisible characters, which an escape sequence in a literal could produce."""
    for _column, character in hidden(text):
        raise ExpressionError(f"its value contains the invisible character U+{ord(character):04X}")
    return text


def size_of(value: Any) -> int:
    """The cost of a value in steps: 1, plus 1 for each item or each 100 characters. Raises ExpressionError if it is too large."""
    if isinstance(value, str):
        limit(len(value), MAX_TEXT, "characters")
        return 1 + len(value) // 100
    if isinstance(value, list | tuple | Mapping | set):
        limit(len(value), MAX_ITEMS, "items")
        return 1 + len(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError("an intermediate result is not a finite number")
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        raise ExpressionError("an intermediate result does not fit into 64 bits")
    return 1


def limit(number: int, most: int, what: str) -> None:
    """Raise ExpressionError if a number of items or characters exceeds its limit."""
    if number > most:
        raise ExpressionError(f"an intermediate value has more than {most:,} {what}")


_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    tuple: "a list",
    dict: "a mapping",
    type(None): "none",
}


def kind_of(value: Any) -> str:
    """The type of a value for people, such as `a list`."""
    if isinstance(value, BaseModel):
        return f"a part of the model ({type(value).__name__})"
    return _KINDS.get(type(value), f"a {type(value).__name__}")
