"""Stacks whose Terraform code a team maintains itself: the values of their variables at a coordinate."""

from __future__ import annotations

from typing import Any

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import ExpressionError, plain
from archgen.model.architecture import Architecture
from archgen.model.stacks import Stack, StackInput
from archgen.terraform.facts import shared_facts


class InputError(ValueError):
    """An input of a stack whose expression has no value, or one that a variable file cannot contain; `name` is the input's name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def values_of(architecture: Architecture, stack: Stack) -> dict[str, Any]:
    """The values of a stack's inputs by name. Raises InputError for the first input without a value."""
    found = inputs_of(architecture, stack)
    for value in found.values():
        if isinstance(value, InputError):
            raise value
    return found


def wrong_inputs(architecture: Architecture, stack: Stack) -> list[InputError]:
    """An error for each input of a stack that has no value at this coordinate."""
    return [value for value in inputs_of(architecture, stack).values() if isinstance(value, InputError)]


def inputs_of(architecture: Architecture, stack: Stack) -> dict[str, Any]:
    """For each input of a stack its value at this coordinate, or an InputError."""
    facts = named_facts(architecture)
    found: dict[str, Any] = {}
    for name, given in stack.inputs.items():
        try:
            found[name] = _value(name, given, facts)
        except InputError as error:
            found[name] = error
    return found


# What the facts are that only expressions of models have.
ABOUT = {
    "account": "The number or ID of the account, project or subscription, that the environment is in.",
    "cloud": "The ID of the cloud.",
    "components": "The components by ID, with their settings.",
    "document": "The whole model.",
    "identifier": "The name of the resources of a component, given its ID.",
    "names": "The names of the resources of all components, by ID.",
    "phase": "The ID of the phase; empty without phases.",
    "tiers": "The tiers of the network by ID, with their settings.",
}


def named_facts(architecture: Architecture) -> dict[str, Any]:
    """The facts that expressions of a model can use."""
    return {
        **shared_facts(architecture),
        "components": architecture.components,
        "cloud": architecture.coordinate.cloud,
        "phase": architecture.coordinate.phase,
        "account": architecture.number_of(architecture.home) or architecture.home,
        "names": {name: architecture.identifier(name) for name in architecture.components},
        "tiers": architecture.tiers,
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
    """The name of a component's resources. Raises ExpressionError if the component does not exist at the coordinate."""
    if component not in architecture.components:
        raise ExpressionError(f"unknown component '{component}'; {did_you_mean(component, architecture.components)}")
    return architecture.identifier(component)
