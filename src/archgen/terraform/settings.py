"""Further inputs of modules, which the model states under `set`: their values, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import ExpressionError, plain
from archgen.model.stacks import Stack, StackInput
from archgen.records import dataclass
from archgen.terraform.binding import Binding
from archgen.terraform.types import Type, parse


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """What is wrong with one entry under `set`: its path there, the reason, and help."""

    path: tuple[str, ...]
    reason: str
    help: str


def settings_of(stack: Stack, binding: Binding, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The values of further inputs of a module by name; without those that wrong_settings() reports."""
    values, types = {}, inputs_of(binding)
    for name, given in stack.set.get(binding.id, {}).items():
        if name in types:
            try:
                values[name] = _value(given, facts)
            except ExpressionError:
                continue
    return values


def wrong_settings(
    stack: Stack, by_id: Mapping[str, Binding], facts_for: Callable[[Binding], Sequence[Mapping[str, Any]]]
) -> Iterator[WrongSetting]:
    """What is wrong with each entry under `set`; `by_id` has the bindings that the stack's modules name.

    `facts_for` returns the facts for each use of a binding; an entry that is wrong for several is reported once.
    """
    for id_, settings in stack.set.items():
        binding = by_id.get(id_)
        if binding is None or not inputs_of(binding):
            called = [other for other, known in by_id.items() if inputs_of(known)]
            yield WrongSetting((id_,), f"the stack does not call a module '{id_}'", did_you_mean(id_, called))
            continue
        uses = facts_for(binding)
        for name, given in settings.items():
            if problem := next(filter(None, (_problem(binding, name, given, facts) for facts in uses)), None):
                yield WrongSetting((id_, name), *problem)


def _problem(binding: Binding, name: str, given: StackInput, facts: Mapping[str, Any]) -> tuple[str, str] | None:
    """The reason and the help for a wrong entry; None if it is right."""
    types = inputs_of(binding)
    module = binding.module
    what = f"{module.address} {module.version}" if module else f"the module '{binding.id}' of archgen"
    if name not in types:
        return f"{what} has no input '{name}'", did_you_mean(name, types)
    try:
        value = _value(given, facts)
    except ExpressionError as error:
        return (
            f"the expression for '{name}' has no value: {error}",
            "archgen explain ARC-F004 shows what expressions can use",
        )
    type_ = types[name]
    if found := mismatch(type_, value, name):
        return found, f"{what} declares the type {type_.render()}"
    return None


def inputs_of(binding: Binding) -> dict[str, Type]:
    """The types of what a model can state under `set`, by name: the inputs of a module, or what a binding without one lists for that."""
    if binding.module is not None:
        return {name: parse(str(entry["type"])) for name, entry in binding.module.inputs.items()}
    if not binding.supplied:
        return {}
    attributes = {name: type_ for name, type_, *_rest in parse(binding.type or "object({})").attributes}
    return {name: attributes[name] for name in binding.supplied}


def _value(given: StackInput, facts: Mapping[str, Any]) -> Any:
    return given.value if given.expression is None else plain(evaluate(given.expression, dict(facts)))


def mismatch(type_: Type, value: Any, path: str) -> str | None:
    """Why Terraform could not convert a JSON value to a type, with the path of the part that is wrong; None if it could."""
    if value is None or type_.name == "any":
        return None
    match type_.name:
        case "string":
            fits = isinstance(value, str | int | float)
        case "number":
            fits = not isinstance(value, bool) and (isinstance(value, int | float) or _is_number(value))
        case "bool":
            fits = isinstance(value, bool) or value in ("true", "false")
        case "list" | "set" | "tuple":
            if isinstance(value, list | tuple):
                kinds = type_.arguments if type_.name == "tuple" else type_.arguments * len(value)
                return _first(
                    mismatch(kind, item, f"{path}[{n}]")
                    for n, (kind, item) in enumerate(zip(kinds, value, strict=False))
                )
            fits = False
        case "map":
            if isinstance(value, Mapping):
                kind = type_.arguments[0] if type_.arguments else Type("any")
                return _first(mismatch(kind, item, f"{path}.{key}") for key, item in value.items())
            fits = False
        case _:
            return _in_object(type_, value, path)
    return None if fits else f"{path} must be a {type_.name}, but is {json.dumps(value)}"


def _in_object(type_: Type, value: Any, path: str) -> str | None:
    if not isinstance(value, Mapping):
        return f"{path} must be an object, but is {json.dumps(value)}"
    known = {name: (inner, optional) for name, inner, optional, _default in type_.attributes}
    if unknown := next((key for key in value if key not in known), None):
        return f"{path} has no attribute '{unknown}', so Terraform would silently drop it"
    if lacking := next((name for name, (_i, optional) in known.items() if not optional and name not in value), None):
        return f"{path} needs the attribute '{lacking}'"
    return _first(mismatch(known[key][0], item, f"{path}.{key}") for key, item in value.items())


def _first(found: Iterator[str | None]) -> str | None:
    return next((problem for problem in found if problem), None)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
