"""The rules that a model declares itself under `rules.own`."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import OWN, Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.model.paths import parse_path, walk
from archgen.model.policy import OwnRule, value_problem


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each selected component and setting that violates a rule of `rules.own` at this coordinate."""
    for name, rule in architecture.document.rules.own.items():
        from archgen.views._declared import chosen  # slow to import, and most models declare no rules

        for component in chosen(architecture, architecture, rule.select):
            outcomes: list[Outcome] = list(_violations(architecture, name, rule, component))
            yield from outcomes or [Passed(("components", component), f"{OWN}{name}")]


def _violations(architecture: Architecture, name: str, rule: OwnRule, component: str) -> Iterator[Diagnostic]:
    """A finding for each setting of a component that violates a rule."""
    for key, wanted in rule.assert_.items():
        path = ("components", component, *parse_path(key))
        value, _there = walk(architecture, path)
        problem = value_problem(value, wanted)
        if problem:
            subject = rule.message or rule.statement.rstrip(".")
            message = f"{subject}: {key} of '{component}' {problem}"
            yield Diagnostic(f"{OWN}{name}", message, rule.help or "", path, severity=rule.severity)
