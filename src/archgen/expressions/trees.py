"""Syntax trees of expressions as plain data, which can be kept between runs: reading them takes a fifth of the time of parsing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.expressions.nodes import NODES

Plain = Any  # a tuple with the name of a class and its fields for each node, lists of those, and constants

_KNOWN: dict[str, Plain] = {}


def from_plain(plain: Plain) -> Any:
    """The node, or the value of one of its fields, that plain data stands for."""
    if type(plain) is tuple:
        class_ = NODES[plain[0]]
        node = class_()
        for name, field in zip(class_.fields, plain[1:], strict=True):
            setattr(node, name, from_plain(field) if type(field) in (tuple, list) else field)
        return node
    return [from_plain(item) for item in plain] if type(plain) is list else plain


def make_known(trees: Mapping[str, Plain]) -> None:
    """Make trees of expressions known, which passed all checks when they were parsed."""
    _KNOWN.update(trees)


def known_tree(expression: str) -> Plain | None:
    """The tree of an expression if it is known."""
    return _KNOWN.get(expression)


def texts_in(value: Any) -> Iterator[str]:
    """All texts in plain data, without keys of mappings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)
