"""Binding files and recorded module inputs in; the values of a module's inputs at a coordinate out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from archgen.model.architecture import Architecture
from archgen.terraform.facts import facts_of
from archgen.text import ExpressionError, evaluate

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Module:
    """A module at one version as recorded: where it is from, and its inputs with type and default."""

    id: str
    source: str
    path: str
    version: str
    commit: str
    inputs: Mapping[str, Mapping[str, Any]]

    @property
    def address(self) -> str:
        """Its address in the registry: `terraform-aws-modules/vpc/aws//modules/vpc-endpoints`."""
        namespace, repository = self.source.split("/")
        _terraform, provider, name = repository.split("-", 2)
        return f"{namespace}/{name}/{provider}{f'//{self.path}' if self.path else ''}"


@dataclass(frozen=True, slots=True)
class Binding:
    """How facts of the model become the inputs of one module at one major version.

    `binds` is "network", or the products whose components it is for. `inputs` maps an input to an expression, or to a
    mapping or list of expressions. `types` narrows inputs that the module leaves untyped.
    """

    id: str
    cloud: str
    module: Module
    binds: str | tuple[str, ...]
    variable: str
    description: str
    inputs: Mapping[str, Any]
    when: str | None = None
    types: Mapping[str, str] | None = None
    validations: tuple[Mapping[str, str], ...] = ()

    def type_of(self, name: str) -> str:
        """The type of an input."""
        return (self.types or {}).get(name) or str(self.module.inputs[name]["type"])

    def components(self, architecture: Architecture) -> list[str]:
        """The components that it is for at this coordinate; none where it binds the network."""
        if isinstance(self.binds, str):
            return []
        return [name for name, c in architecture.components.items() if c.product in self.binds]


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a module: the variable's name and the values of its attributes at one coordinate."""

    binding: Binding
    variable: str
    component: str | None
    values: Mapping[str, Any]


class MissingFactError(ValueError):
    """A binding needs a fact that the model does not state."""

    def __init__(self, binding: Binding, component: str | None, reason: str) -> None:
        super().__init__(reason)
        self.binding, self.component = binding, component


@cache
def bindings(cloud: str) -> Mapping[str, Binding]:
    """All bindings for a cloud by id."""
    found = {}
    for file in sorted((_HERE / "bindings").glob(f"{cloud}-*.yaml")):
        with file.open(encoding="utf-8") as stream:
            entry = yaml.load(stream, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # our own files, safely
        entry["module"] = _module(entry["module"])
        entry["validations"] = tuple(entry.get("validations", ()))
        if isinstance(entry["binds"], list):
            entry["binds"] = tuple(entry["binds"])
        found[entry["id"]] = Binding(**entry)
    return found


@cache
def _module(id_: str) -> Module:
    with (_HERE / "modules" / f"{id_}.json").open(encoding="utf-8") as stream:
        return Module(id=id_, **json.load(stream))


def calls(architecture: Architecture, stack: str) -> Iterator[Call]:
    """What a stack calls at one coordinate, in the order of the model. Raises MissingFactError.

    Modules that archgen has no binding for are passed over; the rule ARC-F001 reports them.
    """
    terraform = architecture.document.terraform
    known = bindings(architecture.coordinate.cloud)
    for id_ in terraform.stacks[stack].modules if terraform and stack in terraform.stacks else ():
        binding = known.get(id_)
        if binding is None:
            continue
        if binding.binds == "network":
            if architecture.document.network and (call := _call(binding, architecture, None, binding.variable)):
                yield call
            continue
        components = binding.components(architecture)
        for name in components:
            variable = binding.variable if len(components) == 1 else f"{binding.variable}_{name.replace('-', '_')}"
            if call := _call(binding, architecture, name, variable):
                yield call


def _call(binding: Binding, architecture: Architecture, component: str | None, variable: str) -> Call | None:
    facts = facts_of(architecture, component)
    try:
        if binding.when and not evaluate(binding.when, facts):
            return None
        values = {name: _value(expression, facts) for name, expression in binding.inputs.items()}
    except ExpressionError as error:
        raise MissingFactError(binding, component, str(error)) from None
    return Call(binding, variable, component, values)


def _value(expression: Any, facts: Mapping[str, Any]) -> Any:
    if isinstance(expression, dict):
        return {key: _value(inner, facts) for key, inner in expression.items()}
    if isinstance(expression, list):
        return [_value(inner, facts) for inner in expression]
    value = evaluate(str(expression), facts)
    return list(value) if isinstance(value, tuple) else value
