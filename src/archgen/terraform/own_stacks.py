"""A stack whose code a team has written itself in; the values of its variables at a coordinate out."""

from __future__ import annotations

from typing import Any

from archgen.model.architecture import Architecture
from archgen.model.document import Stack
from archgen.terraform.facts import facts_of
from archgen.text import ExpressionError, evaluate


class InputError(ValueError):
    """An input of a stack whose expression cannot be evaluated."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def values_of(architecture: Architecture, stack: Stack) -> dict[str, Any]:
    """The inputs of a stack with a directory, by the names of its own variables. Raises InputError."""
    facts = facts_of(architecture, None) | {
        "components": architecture.components,
        "identifier": architecture.identifier,
        "document": architecture.document,
    }
    found: dict[str, Any] = {}
    for name, given in stack.inputs.items():
        if given.expression is None:
            found[name] = given.value
            continue
        try:
            value = evaluate(given.expression, facts)
        except ExpressionError as error:
            raise InputError(name, str(error)) from None
        found[name] = _plain(value)
        if not _is_plain(found[name]):
            raise InputError(name, f"{given.expression}: a {type(value).__name__} is no value for a file")
    return found


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    return value is None or isinstance(value, str | int | float | bool)
