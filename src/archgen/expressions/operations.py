"""The filters, tests, methods and operators that expressions can use, by name. There are no others."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from archgen.expressions import nodes
from archgen.expressions.values import MAX_DIGITS, MAX_TEXT, ExpressionError, kind_of, limit, member, plain, unknown


def _replace(text: str, old: str, new: str) -> str:
    limit(len(text) + text.count(old) * len(new), MAX_TEXT, "characters")
    return text.replace(old, new)


def join(items: Iterable[Any], separator: str = "") -> str:
    """The items as text with a separator between them. Raises ExpressionError if the result is too long."""
    parts = [_text(item) for item in items]
    limit(sum(map(len, parts)) + len(separator) * len(parts), MAX_TEXT, "characters")
    return separator.join(parts)


def _map(items: Iterable[Any], filter_: str | None = None, *, attribute: str = "") -> list[Any]:
    if filter_ is None:
        return [member(item, attribute) for item in items]
    if filter_ not in FILTERS:
        raise ExpressionError(unknown("filter", filter_, FILTERS))
    return [FILTERS[filter_](item) for item in items]


def _round(number: float, digits: int = 0) -> float:
    if abs(digits) > MAX_DIGITS:  # Python would build ten to that power
        raise ValueError(f"numbers can be rounded to at most {MAX_DIGITS} digits")
    return round(number, digits) if digits else round(number)


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float | bool | None):
        raise TypeError(f"{kind_of(value)} cannot be converted to text")
    return str(value)


def _to_json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True)


# Filters get the value before the `|` and then their arguments. The guide lists them.
FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "first": lambda items: next(iter(items)),
    "float": float,
    "int": int,
    "join": join,
    "last": lambda items: list(items)[-1],
    "length": len,
    "list": list,
    "lower": lambda text: _text(text).lower(),
    "map": _map,
    "max": max,
    "min": min,
    "replace": _replace,
    "round": _round,
    "sort": sorted,
    "string": _text,
    "sum": sum,
    "tojson": _to_json,
    "trim": lambda text: _text(text).strip(),
    "unique": lambda items: list(dict.fromkeys(items)),
    "upper": lambda text: _text(text).upper(),
}
TESTS: Mapping[str, Callable[..., bool]] = {
    "none": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "true": lambda value: value is True,
    "false": lambda value: value is False,
}
METHODS: Mapping[type, Mapping[str, Callable[..., Any]]] = {
    str: {
        "endswith": lambda text, end: text.endswith(end),
        "removeprefix": lambda text, start: text.removeprefix(start),
        "removesuffix": lambda text, end: text.removesuffix(end),
        "replace": _replace,
        "split": lambda text, separator: text.split(separator),
        "startswith": lambda text, start: text.startswith(start),
    },
    dict: {
        "get": lambda mapping, key, otherwise=None: mapping.get(key, otherwise),
        "items": lambda mapping: [list(pair) for pair in mapping.items()],
        "keys": list,
        "values": lambda mapping: list(mapping.values()),
    },
}
ARITHMETIC: Mapping[type[nodes.BinExpr], Callable[[Any, Any], Any]] = {
    nodes.Add: operator.add,
    nodes.Sub: operator.sub,
    nodes.Mul: operator.mul,
    nodes.Div: operator.truediv,
    nodes.FloorDiv: operator.floordiv,
    nodes.Mod: operator.mod,
    nodes.Pow: operator.pow,
}
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda value, items: value in items,
    "notin": lambda value, items: value not in items,
}
