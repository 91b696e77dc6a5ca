"""Bindings: computing the values of a module's inputs at a coordinate from the facts of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from archgen.catalog.entries import named
from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import ExpressionError
from archgen.model.architecture import Architecture
from archgen.model.derived import once
from archgen.model.stacks import Stack
from archgen.registry import ExtensionError
from archgen.terraform.aws_subnets import is_closed_beside_others
from archgen.terraform.binding import Binding, Module, ModuleCall
from archgen.terraform.binding_files import (
    added_files,
    check_contents,
    check_inputs,
    is_own,
    module_file,
    read_binding,
    read_module,
    read_own_bindings,
    read_own_module,
)
from archgen.terraform.facts import facts_of, shared_facts
from archgen.terraform.own_stacks import named_facts
from archgen.terraform.references import Need
from archgen.terraform.settings import settings_of


class MissingFactError(ValueError):
    """A Terraform module needs a value that is missing from the model."""

    def __init__(self, binding: Binding, component: str | None, reason: str) -> None:
        super().__init__(reason)
        self.binding, self.component = binding, component


def bindings(cloud: str, folder: Path | None = None) -> Mapping[str, Binding]:
    """The bindings of a cloud by id: archgen's, those of installed packages, and those in a project's folder.

    Of several versions of a module, it is the newest. Raises ExtensionError for an invalid file, and for an id and version that already
    exists.
    """
    return _newest(cloud, folder, _state(folder))


def find(a: Architecture, reference: str) -> Binding | None:
    """The binding that a stack names: `vpc` for the newest version, or `vpc@5`; None if there is none. Raises ExtensionError."""
    return (_versions_for(a) if "@" in reference else _newest_for(a)).get(reference)


@once
def _newest_for(a: Architecture) -> Mapping[str, Binding]:
    """The bindings that an architecture can use by id. Raises ExtensionError."""
    return bindings(a.coordinate.cloud, a.bindings)


@once
def _versions_for(a: Architecture) -> Mapping[str, Binding]:
    """The bindings that an architecture can use by id and version. Raises ExtensionError."""
    return versions(a.coordinate.cloud, a.bindings)


def versions(cloud: str, folder: Path | None = None) -> Mapping[str, Binding]:
    """The same by id and version, such as `vpc@6`, with all versions; those without a module by `id@`. Raises ExtensionError."""
    return _versions(cloud, folder, _state(folder))


def _state(folder: Path | None) -> tuple[tuple[str, int], ...]:
    """The files of a project's folder with the times of their last change: while a server runs, they are read again."""
    if folder is None:
        return ()
    files = sorted([*folder.glob("*.y*ml"), *folder.glob("modules/*.json")])
    return tuple((file.name, file.stat().st_mtime_ns) for file in files)


@cache
def _newest(cloud: str, folder: Path | None, state: tuple[tuple[str, int], ...]) -> Mapping[str, Binding]:
    newest: dict[str, Binding] = {}
    for binding in _versions(cloud, folder, state).values():
        known = newest.get(binding.id)
        if known is None or _is_newer(binding, known):
            newest[binding.id] = binding
    return newest


def _is_newer(one: Binding, other: Binding) -> bool:
    """Whether the module of a binding has a newer version.

    The files of archgen's modules are named after their versions, which a test checks. Reading a module takes longer than all else about
    its binding, so it is read only where the names do not tell, as those of 1.7 and of the newest 1.
    """
    if not one.package and not other.package:
        first, second = _number(one.major), _number(other.major)
        if first[: len(second)] != second[: len(first)]:
            return first > second
    return _number(one.module.version if one.module else "") > _number(other.module.version if other.module else "")


def _number(version: str) -> tuple[int, ...]:
    """A version, for comparisons; empty without one."""
    return tuple(int(part) for part in version.removeprefix("v").split(".") if part.isdigit())


@cache
def _versions(cloud: str, folder: Path | None, _state: tuple[tuple[str, int], ...]) -> Mapping[str, Binding]:
    by_name: dict[str, Binding] = {}
    files: dict[str, str] = {}
    added = [(str(file), _binding(file, package)) for file, package in added_files(cloud, folder)]
    for file, binding in (*_own(cloud), *added):
        name = f"{binding.id}@{binding.major}"
        if name in by_name:
            message = f"the binding '{binding.id}' for {cloud} is already defined in {named(Path(files[name]))}"
            raise ExtensionError(message, "give it a different ID", file)
        by_name[name], files[name] = binding, file
    if added:  # what archgen's own need from each other is checked by a test
        check_needs(by_name, files)
    return by_name


@cache
def _own(cloud: str) -> tuple[tuple[str, Binding], ...]:
    """Archgen's bindings of a cloud, each with its file. Their format is checked by a test."""
    made = []
    for file, entry in read_own_bindings(cloud).items():
        id_ = entry.get("module")
        module = Module(id_, partial(read_own_module, id_)) if id_ else None
        made.append((file, _made(entry, module, "")))
    return tuple(made)


def check_needs(by_name: Mapping[str, Binding], files: Mapping[str, str]) -> None:
    """Raise ExtensionError for a reference to an output that no version of a binding offers."""
    offered = {(binding.id, output) for binding in by_name.values() for output in (*binding.offers, *binding.outputs)}
    for name, binding in by_name.items():
        for _input, need in binding.needs_of():
            if (need.module, need.output) not in offered:
                message = (
                    f"the binding '{binding.id}' needs '{need.output}' from '{need.module}', which does not offer it"
                )
                raise ExtensionError(
                    message,
                    "specify a binding for the same cloud, and an output that it lists under `offers`",
                    files[name],
                )


def _binding(file: Path, package: str) -> Binding:
    """The binding of a file of a package or a project. Raises ExtensionError."""
    entry = read_binding(file)
    module = _module(entry["module"], module_file(entry["module"], file)) if "module" in entry else None
    inputs = module.inputs if module else {}
    if module:
        check_inputs(entry, inputs, file)
    check_contents(entry, inputs, file)
    return _made(entry, module, package)


def _made(entry: Mapping[str, Any], module: Module | None, package: str) -> Binding:
    """The binding with the values in its file."""
    needs = {name: Need(**need) for name, need in entry.get("needs", {}).items()}
    offers = entry.get("offers", ())
    resources = entry.get("resources", ())
    own = {
        "module": module,
        "package": package,
        "needs": needs,
        "offers": offers if isinstance(offers, dict) else dict.fromkeys(offers, "any"),
        "resources": (resources,) if isinstance(resources, str) else resources,
    }
    lists = {key: tuple(value) for key, value in {**entry, **own}.items() if isinstance(value, list)}
    return Binding(**{**entry, **own, **lists})


def _module(id_: str, file: Path) -> Module:
    """A recorded module. Only one of archgen's, whose format is checked by a test, is read later. Raises ExtensionError."""
    if is_own(file):
        return Module(id_, partial(read_own_module, id_))
    recorded = read_module(file)
    return Module(id_, lambda: recorded)


def calls(architecture: Architecture, stack: str, shared: Mapping[str, Any] | None = None) -> Iterator[ModuleCall]:
    """The calls of a stack at one coordinate, in the order of the model. Raises MissingFactError.

    `shared` is the result of shared_facts(), which callers can reuse for several stacks. Modules without a binding are skipped; the
    rule ARC-F001 reports them.
    """
    terraform = architecture.document.terraform
    shared = shared_facts(architecture) if shared is None else shared
    stated = terraform.stacks[stack] if terraform and stack in terraform.stacks else None
    for reference in stated.modules if stated else ():
        binding = find(architecture, reference)
        if binding is None or (binding.once and architecture.elsewhere):
            continue
        if binding.binds in ("network", "environment"):
            there = architecture.document.network or binding.binds == "environment"
            if there and (call := _call(binding, architecture, None, shared)):
                yield _with_settings(call, stated, architecture, shared)
            continue
        for name in binding.components(architecture):
            if call := _call(binding, architecture, name, shared):
                component = architecture.components[name]
                named = replace(call, variable=variable_name(binding, name), formerly=component.formerly)
                if stated and stated.home and component.home == stated.home and not binding.provider:
                    named = replace(named, provider="")
                yield _with_settings(named, stated, architecture, shared)


def _with_settings(call: ModuleCall, stack: Stack | None, a: Architecture, shared: Mapping[str, Any]) -> ModuleCall:
    """The call with the further inputs that the model states for its module."""
    if stack is None or call.binding.id not in stack.set:
        return call
    facts = {**named_facts(a), **facts_of(a, call.component, shared)}
    found = settings_of(stack, call.binding, facts)
    return replace(call, values={**call.values, **found}, stated=frozenset(found))


def variable_name(binding: Binding, component: str) -> str:
    """The name of the variable, and of the module, for one component.

    It always ends with the component's id, so that another component of the kind changes no address.
    """
    return f"{binding.variable}_{component.replace('-', '_')}"


def applies(binding: Binding, architecture: Architecture, shared: Mapping[str, Any]) -> bool:
    """Whether a stack that names a binding would call its module at this coordinate. `shared` is the result of shared_facts()."""
    if binding.binds == "network" and not architecture.document.network:
        return False
    components: Sequence[str | None] = (
        [None] if isinstance(binding.binds, str) and binding.binds != "components" else []
    )
    try:
        return any(
            not binding.when or evaluate(binding.when, facts_of(architecture, component, shared))
            for component in components or binding.components(architecture)
        )
    except ExpressionError:
        return False


def makes(binding: Binding, architecture: Architecture, component: str) -> bool:
    """Whether a stack that names a binding would call its module for a component at this coordinate."""
    if component not in binding.components(architecture):
        return False
    try:
        facts = facts_of(architecture, component, shared_facts(architecture)) if binding.when else {}
        return not binding.when or bool(evaluate(binding.when, facts))
    except ExpressionError:
        return False


def _call(
    binding: Binding, architecture: Architecture, component: str | None, shared: Mapping[str, Any]
) -> ModuleCall | None:
    facts = facts_of(architecture, component, shared)
    try:
        if binding.when and not evaluate(binding.when, facts):
            return None
        values = (
            None if binding.manifests else _inputs(binding, facts) if binding.module else _value(binding.value, facts)
        )
    except ExpressionError as error:
        raise MissingFactError(binding, component, str(error)) from None
    if component and (why := _misplaced(binding, architecture, component)):
        raise MissingFactError(binding, component, why)
    provider = _provider(binding, architecture, component, facts)
    return ModuleCall(binding, binding.variable, component, values, provider)


def _provider(binding: Binding, a: Architecture, component: str | None, facts: Mapping[str, Any]) -> str:
    """The alias of the provider for a module: the binding's own, or the account of a component that is in another one."""
    if binding.provider and (not binding.provider_when or evaluate(binding.provider_when, facts)):
        return binding.provider
    if component is None:
        return ""
    home = a.components[component].home or a.home
    return home.replace("-", "_") if home != a.home and a.number_of(home) else ""


def _inputs(binding: Binding, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a module's inputs by name, without optional ones that are empty. Raises ExpressionError."""
    stated = {**binding.inputs, **binding.extra}
    values = {name: _value(expression, facts) for name, expression in stated.items()}
    optional = {name: _value(expression, facts) for name, expression in binding.optional.items()}
    return values | {name: value for name, value in optional.items() if value}


def _misplaced(binding: Binding, a: Architecture, component: str) -> str:
    """Why the module would put a component into subnets of another tier than the one that the model states; empty if it would not."""
    facts = a.components[component]
    tier = facts.tier_of_members() or a.place(facts)
    stated = a.tiers[tier].role if tier in a.tiers else None
    if binding.placed_in == stated == "private" and is_closed_beside_others(a, tier):
        return (
            f"the module uses private subnets that reach the internet, but the tier '{tier}' of '{component}' states `internet: none`; "
            "place the component in a tier that reaches it"
        )
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
