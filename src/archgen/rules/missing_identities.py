"""TF105: a stack gives each component on a cluster the permissions that its calls need."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.project import Project
from archgen.terraform.identities import modules_of_identities

CODE = "TF105"
TITLE = "No stack gives a component the permissions that its calls need"
SEVERITY = "info"
ABSENCE = {"terraform": "Without `terraform`, no stack makes anything."}


def check_project(project: Project) -> Iterator[Outcome]:
    """A finding for each component that calls services of the cloud from a cluster of a stack, if no stack makes its identity."""
    resolved = project.resolved
    for cloud in resolved.axes.clouds:
        made = project.made[cloud]
        here = [a for at, a in resolved.architectures.items() if at.cloud == cloud and a.document.terraform]
        if not here or not made.modules or made.own_code:
            continue
        missing: dict[tuple[str, str], list[Architecture]] = {}
        for a in here:
            for name, (cluster, module) in modules_of_identities(a).items():
                if cluster not in made.components:
                    continue
                if module in made.listed:
                    yield Passed(("components", name))
                else:
                    missing.setdefault((name, module), []).append(a)
        yield from (_finding(name, module, found) for (name, module), found in missing.items())


def _finding(name: str, module: str, found: list[Architecture]) -> Diagnostic:
    message = f"no stack on {found[0].facts.name} gives '{name}' the permissions that its calls need"
    help_ = (
        f"add the module '{module}' to the stack of the cluster or a later one; if something else makes the identity, "
        "waive this finding with the reason"
    )
    return Diagnostic(CODE, message, help_, ("components", name), where=tuple(str(a.coordinate) for a in found))
