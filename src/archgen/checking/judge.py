"""Running every rule: archgen's, those of installed packages, those in the model, and the project's Python rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from archgen.checking.asking import ask
from archgen.checking.judgment import Judge, Judgment
from archgen.checking.python_rules import python_rules
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.legacy import report_old_forms
from archgen.project import Project


def judge(
    project: Project, refused: Callable[[], Iterable[Diagnostic]], today: str | None = None
) -> tuple[Judgment, Judgment]:
    """Two judgments from running every rule once: as of `today` (ISO 8601), and independent of any date.

    Everything that is generated uses the second one, so that it does not change from day to day. Without `today`, both are equal.
    `refused` returns the problems that would stop a build, and is called after the rules have run, because another process may still be
    looking for them; severities and waivers apply to them like to any other finding. Raises ExtensionError for a rule of an installed
    package that fails.
    """
    resolved = project.resolved
    judging = Judge(resolved)
    rules, broken = python_rules(project.rules_folder)
    judging.add_general(broken)
    for architecture in resolved.architectures.values():
        judging.hear(ask("check", architecture), architecture)
    for rule in rules:
        for architecture, found in rule.ask(resolved):
            judging.add(architecture, found)
        judging.add_general(rule.failures)
    untraced = [found for _n, _r, problems in project.traces() for found in problems]
    everywhere = [*ask("check_all", resolved)]
    of_project = [*ask("check_project", project)]
    of_today = [*ask("check_on", resolved, today)] if today is not None else []
    judging.add_general(refused())
    judging.add_general((*project.unread, *project.reviews.problems, *project.comparisons.problems))
    if project.files.root is not None:
        judging.add_general(report_old_forms(project.files.root, refused=False))
    judging.add_general(untraced)
    judging.hear(everywhere)
    judging.hear(of_project)
    lasting = judging.judgment()
    if today is None:
        return lasting, lasting
    judging.hear(of_today)
    return judging.judgment(today), lasting
