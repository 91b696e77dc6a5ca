"""What expressions of models can use: every fact and function with its type, its meaning and an example."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import archgen.terraform as package
from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import ExpressionError, kind_of, plain
from archgen.model.architecture import Architecture
from archgen.records import dataclass
from archgen.terraform.facts import CHOICES, FUNCTIONS, facts_of
from archgen.terraform.own_stacks import named_facts

# Arguments for the examples of functions for which a component's ID makes none.
_ARGUMENTS = {
    "host": "'shop.example'",
    "seconds": "7",
    "stated": "'title'",
    "called": "'postgresql'",
    "called_name": "'postgresql'",
    "builds": "'vpc'",
}
_LONGEST = 120  # characters of an example's value


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact or function: how it is written, the type of its value, its meaning, and an example with its value; both may be empty."""

    name: str
    usage: str
    type: str
    meaning: str
    example: str = ""
    value: str = ""


def facts_of_models(a: Architecture) -> list[FactRow]:
    """The facts that all expressions of a model can use, by name."""
    facts = named_facts(a)
    return [_row(name, facts) for name in sorted(facts)]


def facts_of_modules(a: Architecture) -> list[FactRow]:
    """The facts that only expressions under `set` can use, because they are about the component of a module."""
    shared = named_facts(a)
    for component in sorted(a.components):
        facts = {**shared, **facts_of(a, component)}
        return [_row(name, facts) for name in sorted(facts.keys() - shared.keys())]
    return []


def meaning_of(name: str) -> str | None:
    """What a fact is, from the module that defines it; None if it has no description."""
    for module in _modules():
        if text := getattr(module, "ABOUT", {}).get(name):
            return str(text)
    for module in _modules():
        function = getattr(module, name, None) or getattr(module, f"_{name}", None)
        if callable(function) and getattr(function, "__module__", "") == module.__name__ and function.__doc__:
            return str(function.__doc__).strip().split("\n")[0]
    return None


@cache
def _modules() -> tuple[ModuleType, ...]:
    """The modules that define facts."""
    names = (m.name for m in pkgutil.iter_modules(package.__path__))
    found = (importlib.import_module(f"{package.__name__}.{name}") for name in names)
    return tuple(module for module in found if hasattr(module, "facts") or hasattr(module, "ABOUT"))


def _row(name: str, facts: Mapping[str, Any]) -> FactRow:
    fact, meaning = facts[name], meaning_of(name) or ""
    if not callable(fact):
        return FactRow(name, name, kind_of(fact), meaning, name, _shown(fact))
    takes = FUNCTIONS.get(name, (str,))
    usage = f"{name}({', '.join(_argument(kind, name) for kind in takes)})"
    for example in _examples(name, takes, facts):
        try:
            value = evaluate(example, facts)
        except ExpressionError:
            continue
        return FactRow(name, usage, kind_of(value), meaning, example, _shown(value))
    return FactRow(name, usage, "", meaning)


def _argument(kind: type, name: str) -> str:
    if name in CHOICES:
        return " | ".join(f"'{choice}'" for choice in CHOICES[name])
    return {str: "text", int: "number"}.get(kind, f"component of kind {getattr(kind, 'label', kind.__name__)}")


def _examples(name: str, takes: tuple[type, ...], facts: Mapping[str, Any]) -> Iterator[str]:
    """Calls of a function that may have a value."""
    if not takes:
        yield f"{name}()"
    elif name in _ARGUMENTS:
        yield f"{name}({_ARGUMENTS[name]})"
    elif name in CHOICES:
        yield from (f"{name}('{choice}')" for choice in CHOICES[name])
    else:
        yield from (f"{name}('{tier}')" for tier in facts["tiers"] if name == "range_of")
        for id_ in facts["components"]:
            yield f"{name}('{id_}')" if takes == (str,) else f"{name}(components['{id_}'])"


def _shown(value: Any) -> str:
    """A value as JSON on one line, shortened; empty for parts of the model, which JSON cannot express."""
    try:
        text = json.dumps(plain(value), ensure_ascii=False)
    except ExpressionError:
        return ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
