"""Bindings: computing the values of a module's inputs at a coordinate from the facts of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from archgen.catalog import named
from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import ExpressionError
from archgen.model.architecture import Architecture
from archgen.model.regions import HOME
from archgen.registry import ExtensionError
from archgen.terraform.binding_files import (
    binding_files,
    check_contents,
    check_inputs,
    is_own,
    module_file,
    read_binding,
    read_module,
)
from archgen.terraform.facts import facts_of, shared_facts


@dataclass(frozen=True, slots=True)
class Module:
    """The recorded interface of a module at one version; `date` is the date of its commit."""

    id: str
    source: str
    path: str
    version: str
    commit: str
    date: str
    inputs: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Mapping[str, Any]]
    required_version: str
    providers: Mapping[str, Mapping[str, str]]

    @property
    def address(self) -> str:
        """Its address in the Terraform registry, such as `terraform-aws-modules/vpc/aws//modules/vpc-endpoints`."""
        namespace, repository = self.source.split("/")
        _terraform, provider, name = repository.split("-", 2)
        return f"{namespace}/{name}/{provider}{f'//{self.path}' if self.path else ''}"


@dataclass(frozen=True, slots=True)
class Need:
    """The source of an input that takes the output of another module; `module` is the id of that module's binding."""

    module: str
    output: str


@dataclass(frozen=True, slots=True)
class Binding:
    """How facts of the model become the inputs of one module at one major version.

    `binds` is "network", "environment" (once for each), "components", or a list of products whose components it applies to; `kinds`
    limits those to components of some kinds. `inputs` maps an input to an expression, or to a mapping or list of expressions;
    `optional` has inputs that are left out where their value is empty. `types` has types for inputs that the module does not type.
    `needs` has inputs that take an output of another module, `offers` the outputs that others need. `when` is an expression that
    determines whether the binding is used. `placed_in` is the role of the tiers whose subnets the module uses.

    A variable that no module takes has no `module`, but a `type` and an expression for its `value`.
    """

    id: str
    cloud: str
    binds: str | tuple[str, ...]
    variable: str
    description: str
    module: Module | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    optional: Mapping[str, Any] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    when: str | None = None
    types: Mapping[str, str] | None = None
    type: str | None = None
    value: str | None = None
    needs: Mapping[str, Need] = field(default_factory=dict)
    offers: tuple[str, ...] = ()
    placed_in: str | None = None
    validations: tuple[Mapping[str, str], ...] = ()

    def type_of(self, name: str) -> str:
        """The type of an input as a Terraform type expression."""
        assert self.module is not None
        return (self.types or {}).get(name) or str(self.module.inputs[name]["type"])

    def attribute_type(self, name: str) -> str:
        """The type of an input as an attribute of an object type: optional with the module's default, if the input can be left out."""
        type_ = self.type_of(name)
        if name not in self.optional:
            return type_
        assert self.module is not None
        return f"optional({type_}, {self.module.inputs[name]['default']})"

    @property
    def about(self) -> str:
        """The description of its variable, with the module whose inputs it contains."""
        if self.module is None:
            return self.description
        return f"{self.description} Inputs of {self.module.address} {self.module.version.removeprefix('v')}."

    def components(self, architecture: Architecture) -> list[str]:
        """The ids of the components that it applies to at this coordinate; empty if it does not bind components.

        Its values are about the environment's network and the region `home`, so what is only elsewhere is left out.
        """
        if self.binds in ("network", "environment"):
            return []
        return [
            name
            for name, c in architecture.components.items()
            if (self.binds == "components" or c.product in self.binds)
            and (not self.kinds or c.kind in self.kinds)
            and not (architecture.network_of(c) or architecture.site_of(c))
            and HOME in (architecture.regions_of(c) or (HOME,))
        ]


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """One use of a module, or of a variable without a module: the variable's name and its value at one coordinate."""

    binding: Binding
    variable: str
    component: str | None
    values: Any  # the module's inputs by name, or the value of a variable without a module


class MissingFactError(ValueError):
    """A Terraform module needs a value that is missing from the model."""

    def __init__(self, binding: Binding, component: str | None, reason: str) -> None:
        super().__init__(reason)
        self.binding, self.component = binding, component


@cache
def bindings(cloud: str) -> Mapping[str, Binding]:
    """The bindings of a cloud by id: archgen's, then those of installed packages.

    Raises ExtensionError for an invalid file, and for an id that already exists.
    """
    by_id: dict[str, Binding] = {}
    files: dict[str, Path] = {}
    for file, package in binding_files(cloud):
        binding = _binding(file, package)
        if binding.id in by_id:
            message = f"the binding '{binding.id}' for {cloud} is already defined in {named(files[binding.id])}"
            raise ExtensionError(message, "give it a different ID", str(file))
        by_id[binding.id], files[binding.id] = binding, file
    for binding in by_id.values():
        for need in binding.needs.values():
            if need.module not in by_id or need.output not in by_id[need.module].offers:
                message = (
                    f"the binding '{binding.id}' needs '{need.output}' from '{need.module}', which does not offer it"
                )
                raise ExtensionError(
                    message,
                    "specify a binding for the same cloud, and an output that it lists under `offers`",
                    str(files[binding.id]),
                )
    return by_id


def _binding(file: Path, package: str) -> Binding:
    """The binding of a file. Raises ExtensionError."""
    entry = read_binding(file, checked=not is_own(file))
    module = _module(entry["module"], module_file(entry["module"], file)) if "module" in entry else None
    inputs = module.inputs if module else {}
    if module:
        check_inputs(entry, inputs, file)
    if package:
        check_contents(entry, inputs, file)
    needs = {name: Need(**need) for name, need in entry.get("needs", {}).items()}
    lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
    return Binding(**{**entry, **lists, "module": module, "needs": needs})


@cache
def _module(id_: str, file: Path) -> Module:
    return Module(id=id_, **read_module(file, checked=not is_own(file)))


def calls(architecture: Architecture, stack: str, shared: Mapping[str, Any] | None = None) -> Iterator[ModuleCall]:
    """The calls of a stack at one coordinate, in the order of the model. Raises MissingFactError.

    `shared` is the result of shared_facts(), which callers can reuse for several stacks. Modules without a binding are skipped; the
    rule ARC-F001 reports them.
    """
    terraform = architecture.document.terraform
    known = bindings(architecture.coordinate.cloud)
    shared = shared_facts(architecture) if shared is None else shared
    for id_ in terraform.stacks[stack].modules if terraform and stack in terraform.stacks else ():
        binding = known.get(id_)
        if binding is None:
            continue
        if binding.binds in ("network", "environment"):
            there = architecture.document.network or binding.binds == "environment"
            if there and (call := _call(binding, architecture, None, shared)):
                yield call
            continue
        components = binding.components(architecture)
        made = [call for name in components if (call := _call(binding, architecture, name, shared))]
        for call in made:
            name = f"{binding.variable}_{(call.component or '').replace('-', '_')}"
            yield call if len(made) == 1 else replace(call, variable=name)


def _call(
    binding: Binding, architecture: Architecture, component: str | None, shared: Mapping[str, Any]
) -> ModuleCall | None:
    facts = facts_of(architecture, component, shared)
    try:
        if binding.when and not evaluate(binding.when, facts):
            return None
        values = _value(binding.value, facts) if binding.module is None else _inputs(binding, facts)
    except ExpressionError as error:
        raise MissingFactError(binding, component, str(error)) from None
    if component and (why := _misplaced(binding, architecture, component)):
        raise MissingFactError(binding, component, why)
    return ModuleCall(binding, binding.variable, component, values)


def _inputs(binding: Binding, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a module's inputs by name, without optional ones that are empty. Raises ExpressionError."""
    values = {name: _value(expression, facts) for name, expression in binding.inputs.items()}
    optional = {name: _value(expression, facts) for name, expression in binding.optional.items()}
    return values | {name: value for name, value in optional.items() if value}


def _misplaced(binding: Binding, a: Architecture, component: str) -> str:
    """Why the module would put a component into subnets of another tier than the one that the model states; empty if it would not."""
    facts = a.components[component]
    tier = facts.tier_of_members() or a.place(facts)
    stated = a.tiers[tier].role if tier in a.tiers else None
    if not binding.placed_in or not stated or stated == binding.placed_in:
        return ""
    return (
        f"the module uses {binding.placed_in} subnets, but the tier '{tier}' of '{component}' has the role {stated}; "
        f"set `role: {binding.placed_in}`, or place the component in a tier that has it"
    )


def _value(expression: Any, facts: Mapping[str, Any]) -> Any:
    if isinstance(expression, dict):
        return {key: _value(inner, facts) for key, inner in expression.items()}
    if isinstance(expression, list):
        return [_value(inner, facts) for inner in expression]
    try:
        value = evaluate(str(expression), facts)
    except ExpressionError as error:
        raise ExpressionError(f"{expression}: {error}") from None
    return list(value) if isinstance(value, tuple) else value
