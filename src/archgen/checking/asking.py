"""Running the rules of archgen and of installed packages, and giving each finding the severity of its rule."""

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
        findings = check(*arguments)
        if part.package and not isinstance(findings, Iterable):
            raise part.error(f"{function}() returned {findings!r}", "yield findings, or return a list of them")
        for finding in findings:
            yield _with_severity(part, rule, finding) if rule else finding


@cache
def _checks(function: str) -> tuple[tuple[Part, RuleModule | None, Check], ...]:
    """The modules that have a function, each with its rule (None if it only reports ARC codes) and the function."""
    by_module = {rule.part.module: rule for rule in rules().values()}
    checks = ((part, by_module.get(part.module), part.function(function)) for part in parts("rules"))
    return tuple((part, rule, check) for part, rule, check in checks if check)


def _with_severity(part: Part, rule: RuleModule, finding: Diagnostic) -> Diagnostic:
    """The finding with the severity of its rule, unless its own is lower. Raises ExtensionError if it is not a finding of the rule."""
    if not isinstance(finding, Diagnostic) or finding.code != rule.code:
        what = f"a Diagnostic with the code '{finding.code}'" if isinstance(finding, Diagnostic) else repr(finding)
        raise part.error(
            f"the rule yielded {what}", f"yield Diagnostic(CODE, message, help, path) with the code '{rule.code}'"
        )
    least = max(finding.severity, rule.severity, key=SEVERITIES.index)
    return finding if least == finding.severity else replace(finding, severity=least)
