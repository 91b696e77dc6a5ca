"""Syntax trees of expressions as plain data, which can be kept between runs: reading them takes a fifth of the time of parsing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import nodes

Plain = Any  # a tuple with the name of a class and its fields for each node, lists of those, and constants

_KNOWN: dict[str, Plain] = {}


def to_plain(value: Any) -> Plain:
    """A node, or the value of one of its fields, as plain data."""
    if isinstance(value, nodes.Node):
        return type(value).__name__, *(to_plain(getattr(value, name)) for name in value.fields)
    return [to_plain(item) for item in value] if isinstance(value, list) else value


def from_plain(plain: Plain) -> Any:
    """The inverse of `to_plain`."""
    if type(plain) is tuple:
        class_: type[nodes.Node] = getattr(nodes, plain[0])
        node = object.__new__(class_)  # what its constructor does takes twice as long, for thousands of nodes
        for name, field in zip(class_.fields, plain[1:], strict=True):
            setattr(node, name, from_plain(field) if type(field) in (tuple, list) else field)
        for name in class_.attributes:
            setattr(node, name, None)
        return node
    return [from_plain(item) for item in plain] if type(plain) is list else plain


def make_known(trees: Mapping[str, Plain]) -> None:
    """Make trees of expressions known, which passed all checks when they were parsed."""
    _KNOWN.update(trees)


def known_tree(expression: str) -> nodes.Expr | None:
    """The tree of an expression if it is known."""
    plain = _KNOWN.get(expression)
    return None if plain is None else from_plain(plain)


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
