"""Asks the modules of rules/, and those of installed packages, and gives each finding the severity of its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from archgen.diagnostics.codes import RuleModule, rules
from archgen.diagnostics.diagnostic import SEVERITIES, Diagnostic
from archgen.registry import Part, parts

Check = Callable[..., Iterable[Diagnostic]]


def ask(function: str, *arguments: Any) -> Iterator[Diagnostic]:
    """The findings of every rule that has this function, such as `check`. Raises ExtensionError for a package's rule that fails."""
    for part, rule, check in _checks(function):
        for found in check(*arguments):
            yield _of_rule(part, rule, found) if rule else found


@cache
def _checks(function: str) -> tuple[tuple[Part, RuleModule | None, Check], ...]:
    """The function of each module that has it, with the rule that the module is; None for one that only reports ARC codes."""
    of_module = {rule.part.module: rule for rule in rules().values()}
    found = ((part, of_module.get(part.module), part.function(function)) for part in parts("rules"))
    return tuple((part, rule, check) for part, rule, check in found if check)


def _of_rule(part: Part, rule: RuleModule, found: Diagnostic) -> Diagnostic:
    """A finding with its rule's severity, unless its own is less severe. Raises ExtensionError for what is not a finding of the rule."""
    if not isinstance(found, Diagnostic) or found.code != rule.code:
        what = f"a Diagnostic with the code '{found.code}'" if isinstance(found, Diagnostic) else repr(found)
        raise part.error(
            f"the rule yielded {what}", f"yield Diagnostic(CODE, message, help, path), CODE being '{rule.code}'"
        )
    least = max(found.severity, rule.severity, key=SEVERITIES.index)
    return found if least == found.severity else replace(found, severity=least)
