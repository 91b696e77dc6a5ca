"""The rules that a model declares itself: what the components that it selects must have."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import OWN, Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.paths import parse_path, walk
from archgen.model.policy import OwnRule, value_problem


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every rule of `rules.own` that exists here, against every component that it selects."""
    for name, rule in architecture.document.rules.own.items():
        from archgen.views._declared import chosen  # most models have no rules of their own

        for component in chosen(architecture, architecture, rule.select):
            yield from _asked(architecture, name, rule, component)


def _asked(architecture: Architecture, name: str, rule: OwnRule, component: str) -> Iterator[Diagnostic]:
    for key, wanted in rule.assert_.items():
        path = ("components", component, *parse_path(key))
        value, _there = walk(architecture, path)
        problem = value_problem(value, wanted)
        if problem:
            said = f"{rule.message}: " if rule.message else f"{rule.statement.rstrip('.')}: "
            message = f"{said}{key} of '{component}' {problem}"
            yield Diagnostic(f"{OWN}{name}", message, rule.help or "", path, severity=rule.severity)
