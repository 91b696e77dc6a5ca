"""Asks every rule: archgen's, those of installed packages, those that the model states, and those that the project wrote in Python."""

from __future__ import annotations

from collections.abc import Iterable

from archgen.checking.asking import ask
from archgen.checking.judgment import Judge, Judgment
from archgen.checking.python_rules import python_rules
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.project import Project


def judge(project: Project, refused: Iterable[Diagnostic], today: str | None = None) -> tuple[Judgment, Judgment]:
    """Two judgments from asking every rule once: as of `today` (ISO 8601), and without any date.

    The second holds on every day, so everything that is generated comes from it. Without `today` both are equal. `refused` are the
    problems that would stop a build; the project's severities and waivers apply to them as to every other finding. Raises ExtensionError
    for a rule of an installed package that fails.
    """
    resolved = project.resolved
    judging = Judge(resolved)
    rules, broken = python_rules(project.rules_folder)
    judging.add_general(broken)
    for architecture in resolved.architectures.values():
        judging.add(architecture, ask("check", architecture))
    for rule in rules:
        for architecture, found in rule.ask(resolved):
            judging.add(architecture, found)
        judging.add_general(rule.failures)
    judging.add_general(refused)
    judging.add_general((*project.unread, *project.reviews.problems))
    judging.add_general(found for _n, _r, problems in project.traces() for found in problems)
    judging.add_general(ask("check_all", resolved))
    judging.add_general(ask("check_project", project))
    lasting = judging.judgment()
    if today is None:
        return lasting, lasting
    judging.add_general(ask("check_on", resolved, today))
    return judging.judgment(today), lasting
