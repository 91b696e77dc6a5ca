"""Finding the part of the model that states the value of a binding's expression, if the expression names only one."""

from __future__ import annotations

import re
from typing import Any

from archgen.diagnostics.diagnostic import Path, Span
from archgen.model.architecture import Architecture
from archgen.terraform.binding import ModuleCall

_FACT = re.compile(r"\b(component|network)\.([a-z_]+(?:\.[a-z_]+)*)")
_STATED = re.compile(r"\bstated\('([a-z_]+)'\)")  # a setting of the component that the model must state
_WHOLE = re.compile(r"\b(component|network)\b(?![.\w])")  # an argument of a function, which may read any setting of it
# Methods of texts and mappings at the end of a chain of facts.
_METHODS = {"split", "replace", "upper", "lower", "values", "items", "keys"}


def origin(architecture: Architecture, call: ModuleCall, name: str) -> Span | None:
    """The place in the model that states the value of an input; None if the value is computed, or depends on several facts."""
    path = _path(call, call.binding.inputs.get(name))
    if path is None:
        return None
    node = architecture.tree.get(path)
    return (node.key_span or node.span) if node else None


def _path(call: ModuleCall, expression: Any) -> Path | None:
    """The path of the only fact in an expression, such as `component.backup.retention_days`; None unless there is exactly one."""
    text = _STATED.sub(r"component.\1", str(expression)) if expression is not None else ""
    facts = {match.groups() for match in _FACT.finditer(text)}
    if len(facts) != 1 or _WHOLE.search(text):
        return None
    ((root, keys),) = facts
    steps = [key for key in keys.split(".") if key not in _METHODS]
    if root == "network":
        return ("network", *steps)
    return ("components", call.component, *steps) if call.component else None
