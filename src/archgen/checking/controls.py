"""Whether a control is met at a coordinate: what the rules that check it say there, and nothing that the model only states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from archgen.checking.coverage import EVERYWHERE
from archgen.checking.judgment import Judgment
from archgen.checking.rulebook import Rule
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.document import Control

Result = Literal["found", "waived", "unknown", "ok", "not-applicable", "silent", "off", "not-asked"]
Verdict = Literal[
    "not met",
    "violation accepted",
    "could not be checked",
    "not checked",
    "partly checked",
    "met",
    "no findings",
    "not applicable",
    "stated",
    "carried out by people",
]


def result_at(rule: Rule, judgment: Judgment, at: str) -> Result:
    """What came out of asking a rule at a coordinate."""
    if rule.state in ("off", "not-asked"):
        return "off" if rule.state == "off" else "not-asked"
    if _any_at((d for d in judgment.findings if d.code == rule.code), at):
        return "found"
    if _any_at((w.finding for w in judgment.waived if w.finding.code == rule.code), at):
        return "waived"
    here = {at, EVERYWHERE}
    if here & rule.coverage.unsaid_at:
        return "unknown"
    if here & rule.coverage.passed_at:
        return "ok"
    return "not-applicable" if rule.tells else "silent"


def verdict(control: Control, rules: Mapping[str, Rule], judgment: Judgment, at: str) -> Verdict:
    """Whether a control is met at a coordinate.

    It is met only if every rule that checks it looked at something there and found nothing wrong. Settings that `proven_by` names do
    not make it met: they state it.
    """
    if not control.checked_by:
        return "stated" if control.proven_by else "carried out by people"
    results = {result_at(rules[code], judgment, at) if code in rules else "not-asked" for code in control.checked_by}
    worst: tuple[tuple[Result, Verdict], ...] = (
        ("found", "not met"),
        ("waived", "violation accepted"),
        ("unknown", "could not be checked"),
        ("off", "not checked"),
        ("not-asked", "not checked"),
    )
    for result, name in worst:
        if result in results:
            return name
    if "ok" in results:
        return "met" if results == {"ok"} else "partly checked"
    return "no findings" if "silent" in results else "not applicable"


def _any_at(findings: Iterable[Diagnostic], at: str) -> bool:
    return any(not d.where or at in d.where for d in findings)
