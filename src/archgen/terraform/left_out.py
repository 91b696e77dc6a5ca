"""Settings that a model states for a component and that the modules of its stacks do not apply, from a data file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from archgen.catalog.entries import read_toml
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.terraform.bindings import find, makes

_FILE = Path(__file__).with_suffix(".toml")
_BY_HAND = "remove the setting, or apply it by hand, and write down how"


@cache
def left_out() -> Mapping[str, Any]:
    """The data file: `reported` has reasons by product and setting, `harmless` values by `product.setting`, and `described` has lists
    of `product.setting` by reason.
    """
    return read_toml(_FILE)


def unapplied(a: Architecture) -> Iterator[Diagnostic]:
    """A finding for each stated setting of a component that a stack makes without it."""
    for name, component in a.components.items():
        reasons = left_out()["reported"].get(component.product, {})
        stated = [setting for setting in reasons if _is_stated(component, setting)]
        if stated and is_made(a, name):
            for setting in stated:
                reason, _semicolon, settable = reasons[setting].partition("; ")
                message = f"no stack applies `{setting}` of '{name}': {reason}"
                help_ = f"{settable} under `set`, or remove the setting" if settable else _BY_HAND
                path = ("components", name, setting)
                yield Diagnostic("ARC-F027", message, help_, path, severity="info", where=(str(a.coordinate),))


def _is_stated(component: Component, setting: str) -> bool:
    """Whether a model states a value that differs from what the component has without the setting."""
    if setting not in component.model_fields_set:
        return False
    value, default = getattr(component, setting), type(component).model_fields[setting].default
    harmless = left_out()["harmless"].get(f"{component.product}.{setting}", [])
    given = list(value) if isinstance(value, tuple) else value
    nothing = value in (None, (), {}) or (value is False and default is not True)
    return not nothing and value != default and given not in harmless


def is_made(a: Architecture, component: str) -> bool:
    """Whether a stack lists a binding for the product of a component that makes it, and not only values that nothing takes."""
    stacks = a.document.terraform.stacks.values() if a.document.terraform else ()
    bindings = (find(a, reference) for stack in stacks for reference in stack.modules)
    return any(
        not isinstance(binding.binds, str)
        and a.components[component].product in binding.binds
        and makes(binding, a, component)
        for binding in bindings
        if binding is not None and binding.is_used
    )
