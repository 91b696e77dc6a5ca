"""Whether a control is met: only what its rules say counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archgen.checking.controls import result_at, verdict
from archgen.checking.coverage import EVERYWHERE, Coverage
from archgen.checking.judgment import Judgment, Waived
from archgen.checking.rulebook import Rule, rulebook
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.document import Control
from archgen.pipeline import Project, check

HERE, THERE = "aws, prod, mvp", "aws, dev, mvp"
OK = Rule("HA201", "A rule", "error", (), 0, 0, coverage=Coverage(passed=1, passed_at=frozenset({HERE})))
GENERAL = replace(OK, code="PAR801", coverage=Coverage(passed=1, passed_at=frozenset({EVERYWHERE})))
IDLE = replace(OK, code="HA202", coverage=Coverage())
UNKNOWN = replace(OK, code="HA203", coverage=Coverage(unsaid=1, unsaid_at=frozenset({HERE})))
FOUND = replace(OK, code="HA204", findings=1)
WAIVED = replace(OK, code="HA205", waived=1)
SILENT = replace(IDLE, code="ACME101", tells=False)
OFF = replace(OK, code="HA207", severity="ignore")
DATED = replace(OK, code="K8S602", asked=False)
RULES = {rule.code: rule for rule in (OK, GENERAL, IDLE, UNKNOWN, FOUND, WAIVED, SILENT, OFF, DATED)}
FINDING = Diagnostic("HA204", "wrong", where=(HERE,))
JUDGMENT = Judgment([FINDING], [Waived(replace(FINDING, code="HA205"), "known", "a reason", "2027-01-31")])


def control(*codes: str, proven_by: tuple[str, ...] = ()) -> Control:
    return Control(title="T", area="data", statement="S.", checked_by=codes, proven_by=proven_by)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("HA201",), "met"),
        (("HA201", "PAR801"), "met"),
        (("HA201", "HA202"), "partly checked"),
        (("HA202",), "not applicable"),
        (("HA201", "HA203"), "could not be checked"),
        (("HA203", "HA204"), "not met"),
        (("HA201", "HA205"), "violation accepted"),
        (("ACME101",), "no findings"),
        (("HA201", "ACME101"), "partly checked"),
        (("HA201", "HA207"), "not checked"),
        (("HA201", "K8S602"), "not checked"),
        (("HA201", "HA999"), "not checked"),
    ],
)
def test_a_control_is_met_only_if_every_rule_passed_something(codes: tuple[str, ...], said: str) -> None:
    assert verdict(control(*codes), RULES, JUDGMENT, HERE) == said


def test_what_rules_say_elsewhere_does_not_count() -> None:
    assert verdict(control("HA201"), RULES, JUDGMENT, THERE) == "not applicable"
    assert verdict(control("PAR801"), RULES, JUDGMENT, THERE) == "met"
    assert {result_at(RULES[code], JUDGMENT, THERE) for code in ("HA203", "HA204", "HA205")} == {"not-applicable"}


def test_a_control_that_no_rule_checks_is_only_stated() -> None:
    assert verdict(control(proven_by=("components.database",)), RULES, JUDGMENT, HERE) == "stated"
    assert verdict(control(), RULES, JUDGMENT, HERE) == "carried out by people"


def test_a_control_of_the_reference_is_not_met_without_its_rule(reference: Project) -> None:
    judgment = check(reference).judgment
    book = {rule.code: rule for rule in rulebook(reference.resolved, [], judgment)}
    at = str(reference.resolved.axes.default)
    facts = reference.resolved.default.document.controls["log-archive"]
    assert verdict(facts, book, judgment, at) == "met"
    weaker = {**book, **{code: replace(book[code], coverage=Coverage()) for code in facts.checked_by}}
    assert verdict(facts, weaker, judgment, at) == "not applicable"
