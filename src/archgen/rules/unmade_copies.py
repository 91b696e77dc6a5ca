"""TF104: a stack makes the copy of a database in the recovery region that the model states."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.project import Project
from archgen.terraform.recovery import recovers
from archgen.terraform.unbuilt import copied_components

CODE = "TF104"
TITLE = "No stack makes the copy of a database in the recovery region"
SEVERITY = "info"
ABSENCE = {
    "disaster_recovery": "A database without a strategy has no copy that a stack could make.",
    "recovery_region": "Without a recovery region, there are no copies in it.",
}


def check_project(project: Project) -> Iterator[Outcome]:
    """A finding for each database of a production environment whose `disaster_recovery` no stack makes.

    Without a stack that is applied in the recovery region, nothing is prepared there, and it is not checked.
    """
    for cloud in project.resolved.axes.clouds:
        if project.made[cloud].own_code or not project.made[cloud].modules:
            continue
        for environment in project.resolved.axes.environments:
            a = project.resolved.standing(cloud, environment)
            if a.environment.production and recovers(a):
                yield from _in_environment(a)


def _in_environment(a: Architecture) -> Iterator[Outcome]:
    made = copied_components(a)
    for name, database in a.of_kind(RelationalDatabase):
        recovery = database.disaster_recovery
        if recovery is None:
            continue
        path = ("components", name, "disaster_recovery")
        if (name, recovery.strategy) in made:
            yield Passed(path)
            continue
        message = (
            f"on {a.facts.name}, no stack copies '{name}' to {a.recovery_region} by the strategy {recovery.strategy}"
        )
        help_ = (
            "list a module that copies it in a stack; the page Terraform in the guide has the modules of each "
            "strategy. If another tool copies it, waive this finding with the reason"
        )
        yield Diagnostic(CODE, message, help_, path, where=(str(a.coordinate),))
