"""Running the rules of archgen and of installed packages, and giving each finding the severity of its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from archgen.diagnostics.codes import RuleModule, rules
from archgen.diagnostics.diagnostic import SEVERITIES, Diagnostic
from archgen.model.answer import Lack
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.registry import Part, parts

Check = Callable[..., Iterable[Outcome]]


def ask(function: str, *arguments: Any) -> Iterator[tuple[str, Outcome]]:
    """What every rule that has this function, such as `check`, says, each time with the code of the rule.

    The code is empty for a module that reports several codes. Raises ExtensionError for a package's rule that fails.
    """
    for part, rule, check in find_checks(function):
        outcomes = check(*arguments)
        if part.package and not isinstance(outcomes, Iterable):
            raise part.error(f"{function}() returned {outcomes!r}", "yield findings, or return a list of them")
        code = rule.code if rule else ""
        for outcome in outcomes:
            kind = type(outcome)
            if kind is Passed or kind is Unsaid or rule is None:
                yield code, _with_path(part, outcome) if part.package else outcome
            else:
                yield code, _with_severity(part, rule, outcome)


def findings(function: str, *arguments: Any) -> Iterator[Diagnostic]:
    """Only the findings of every rule that has this function. Raises ExtensionError for a package's rule that fails."""
    return (outcome for _code, outcome in ask(function, *arguments) if isinstance(outcome, Diagnostic))


@cache
def find_checks(function: str) -> tuple[tuple[Part, RuleModule | None, Check], ...]:
    """The modules that have a function, each with its rule (None if it only reports ARC codes) and the function."""
    by_module = {rule.part.module: rule for rule in rules().values()}
    checks = ((part, by_module.get(part.module), part.function(function)) for part in parts("rules"))
    return tuple((part, rule, check) for part, rule, check in checks if check)


def _with_path(part: Part, outcome: Outcome) -> Outcome:
    """What a package's rule says. Raises ExtensionError if it does not say it about a path of the model, or lacks something else."""
    if isinstance(outcome, Unsaid) and not isinstance(outcome.lack, Lack):
        raise part.error(f"the rule yielded {outcome!r}", "yield Unsaid(path, Lack(path, what, help))")
    if not isinstance(outcome.path, tuple):
        raise part.error(f"the rule yielded {outcome!r}", 'the path must be a tuple, such as ("components", name)')
    return outcome


def _with_severity(part: Part, rule: RuleModule, finding: object) -> Diagnostic:
    """The finding with the severity of its rule, unless its own is lower. Raises ExtensionError if it is not a finding of the rule."""
    if not isinstance(finding, Diagnostic) or finding.code != rule.code:
        what = f"a Diagnostic with the code '{finding.code}'" if isinstance(finding, Diagnostic) else repr(finding)
        help_ = f"yield Diagnostic(CODE, message, help, path) with the code '{rule.code}', Passed(path) or Unsaid(path, lack)"
        raise part.error(f"the rule yielded {what}", help_)
    least = max(finding.severity, rule.severity, key=SEVERITIES.index)
    return finding if least == finding.severity else replace(finding, severity=least)
