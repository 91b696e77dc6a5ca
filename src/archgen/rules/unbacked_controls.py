"""TF103: a stack makes at least one of the components that a control says implement it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.document import Control
from archgen.model.outcome import Outcome, Passed
from archgen.project import Project

CODE = "TF103"
TITLE = "A control is not backed by any stack"
SEVERITY = "info"
ABSENCE = {"terraform": "Without `terraform`, no stack makes anything."}


def check_project(project: Project) -> Iterator[Outcome]:
    """A finding for each control and cloud, if no stack there makes any of the components that `proven_by` names."""
    resolved = project.resolved
    for cloud in resolved.axes.clouds:
        here = [a for at, a in resolved.architectures.items() if at.cloud == cloud]
        controls = {
            name: c for a in here for name, c in a.document.controls.items() if c.on(cloud) and components_of(c)
        }
        if not controls or not any(a.document.terraform for a in here):
            continue
        made = project.made[cloud]
        if not made.modules or made.own_code:
            continue
        for name, control in controls.items():
            path = ("controls", name, "proven_by")
            if made.components.intersection(components_of(control)):
                yield Passed(path)
                continue
            named = ", ".join(f"'{component}'" for component in components_of(control))
            message = f"on {here[0].facts.name}, no stack makes what implements the control '{control.title}': {named}"
            help_ = "add a module that makes one of them; if people or another tool set it up, waive this finding with the reason"
            yield Diagnostic(CODE, message, help_, path, where=tuple(str(a.coordinate) for a in here))


def components_of(control: Control) -> list[str]:
    """The ids of the components that the paths of a control lead to, without duplicates."""
    paths = (text.split(".") for text in control.proven_by)
    return list(dict.fromkeys(path[1] for path in paths if path[0] == "components" and len(path) > 1))
