"""Running every rule: archgen's, those of installed packages, those in the model, and the project's Python rules."""

from __future__ import annotations

from collections.abc import Iterable

from archgen.checking.judgment import Judge, Judgment
from archgen.checking.python_rules import python_rules
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.parity.reviews import findings as review_findings
from archgen.project import Project
from archgen.registry import functions


def judge(project: Project, refused: Iterable[Diagnostic], today: str | None = None) -> tuple[Judgment, Judgment]:
    """Two judgments from running every rule once: as of `today` (ISO 8601), and independent of any date.

    Everything that is generated uses the second one, so that it does not change from day to day. Without `today`, both are equal.
    `refused` has the problems that would stop a build; severities and waivers apply to them like to any other finding.
    """
    resolved = project.resolved
    judging = Judge(resolved)
    rules, broken = python_rules(project.rules_folder)
    judging.add_general(broken)
    checks = [check for _module, check in functions("rules", "check")]
    for architecture in resolved.architectures.values():
        judging.add(architecture, (found for check in checks for found in check(architecture)))
    for rule in rules:
        for architecture, found in rule.ask(resolved):
            judging.add(architecture, found)
        judging.add_general(rule.failures)
    judging.add_general(refused)
    judging.add_general((*project.unread, *(found for _n, _r, problems in project.traces() for found in problems)))
    judging.add_general(review_findings(resolved, project.reviews))
    for _module, check_all in functions("rules", "check_all"):
        judging.add_general(check_all(resolved))
    lasting = judging.judgment()
    if today is None:
        return lasting, lasting
    for _module, check_on in functions("rules", "check_on"):
        judging.add_general(check_on(resolved, today))
    return judging.judgment(today), lasting
