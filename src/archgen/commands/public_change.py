"""`archgen explain-change --profile public`: what a value drives, in words without identifying values."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archgen.commands.public_profile import public_editions
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.pipeline import check
from archgen.project import Project
from archgen.publishing.public_edition import WITHHELD, mentions, without

if TYPE_CHECKING:
    from archgen.comparing.review import Review
    from archgen.comparing.trying import TriedStatement


class PublicComparison:
    """Compares a project with changed ones as their public editions show them, and remembers which values these withhold."""

    def __init__(self, project: Project, stack: ExitStack) -> None:
        self.project = project
        self.withheld: set[str] = set()
        self._stack = stack

    def edition(self) -> Project | list[Diagnostic]:
        """The public edition of the project; problems if it is invalid."""
        made = self._editions(self.project)
        return made if isinstance(made, list) else made[0]

    def compare(self, changed: Project) -> Review | list[Diagnostic]:
        """What a changed project means, without identifying values; problems if its public edition is invalid."""
        from archgen.comparing.review import ReviewedSide, review

        made = self._editions(changed)
        if isinstance(made, list):
            return made
        old, new = (ReviewedSide(project, check(project).judgment) for project in made)
        return review(old, new)

    def _editions(self, changed: Project) -> tuple[Project, Project] | list[Diagnostic]:
        made = public_editions((self.project, changed), self._stack)
        if isinstance(made, list):
            return made
        self.withheld |= made[1]
        return made[0]

    def in_public(self, statement: TriedStatement, edition: Project, path: Path) -> TriedStatement:
        """A statement whose trials and problems do not show withheld values."""
        identifying = differs_in(self.project, edition, path)
        trials = tuple(
            replace(trial, withheld=identifying or self._is_withheld(trial.old) or self._is_withheld(trial.new))
            for trial in statement.trials
        )
        problems = tuple(self._public_problem(d) for d in statement.problems)
        return replace(statement, trials=trials, problems=problems)

    def _is_withheld(self, value: Any) -> bool:
        return bool(self.withheld) and bool(mentions(str(value), self.withheld))

    def _public_problem(self, d: Diagnostic) -> Diagnostic:
        return replace(d, message=without(d.message, self.withheld), help=WITHHELD)


def differs_in(project: Project, edition: Project, path: Path) -> bool:
    """Whether the public edition of a project has another value at a path, or none, at any coordinate."""
    for coordinate, a in project.resolved.architectures.items():
        node, other = a.tree.get(path), edition.resolved.architectures[coordinate].tree.get(path)
        if (node and node.plain()) != (other and other.plain()):
            return True
    return False
