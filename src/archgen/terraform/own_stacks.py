"""A stack whose code a team has written itself; the values of its variables at a coordinate out."""

from __future__ import annotations

from typing import Any

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import ExpressionError, plain
from archgen.model.architecture import Architecture
from archgen.model.document import Stack, StackInput
from archgen.terraform.facts import shared_facts


class InputError(ValueError):
    """An input of a stack whose expression has no value that a variable file can hold; `name` is the input's."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def values_of(architecture: Architecture, stack: Stack) -> dict[str, Any]:
    """The inputs of a stack with a directory, by the names of its own variables. Raises InputError for the first without a value."""
    facts = named_facts(architecture)
    return {name: _value(name, given, facts) for name, given in stack.inputs.items()}


def wrong_inputs(architecture: Architecture, stack: Stack) -> list[InputError]:
    """Every input of a stack with a directory that has no value here, with the reason."""
    facts = named_facts(architecture)
    found = []
    for name, given in stack.inputs.items():
        try:
            _value(name, given, facts)
        except InputError as error:
            found.append(error)
    return found


def named_facts(architecture: Architecture) -> dict[str, Any]:
    """What expressions of a model may name."""
    return {
        **shared_facts(architecture),
        "components": architecture.components,
        "identifier": lambda component: _identifier(architecture, component),
        "document": architecture.document,
    }


def _value(name: str, given: StackInput, facts: dict[str, Any]) -> Any:
    if given.expression is None:
        return given.value
    try:
        return plain(evaluate(given.expression, facts))
    except ExpressionError as error:
        raise InputError(name, str(error)) from None


def _identifier(architecture: Architecture, component: Any) -> str:
    """The name of a component's resources. Raises ExpressionError where there is no such component at the coordinate."""
    if component not in architecture.components:
        raise ExpressionError(
            f"there is no component '{component}': {did_you_mean(component, architecture.components)}"
        )
    return architecture.identifier(component)
