"""TF102: a stack makes each component for which archgen has a module."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.project import Project

CODE = "TF102"
TITLE = "No stack makes a component that archgen has a module for"
SEVERITY = "info"
ABSENCE = {"terraform": "Without `terraform`, no stack makes anything."}


def check_project(project: Project) -> Iterator[Outcome]:
    """A finding for each component that a module which no stack lists would make, on a cloud whose stacks are all archgen's."""
    resolved = project.resolved
    for cloud in resolved.axes.clouds:
        here = [a for at, a in resolved.architectures.items() if at.cloud == cloud]
        if not any(a.document.terraform for a in here):
            continue
        made = project.made[cloud]
        if not made.modules or made.own_code:
            continue
        yield from (Passed(("components", name)) for name in sorted(made.components))
        for name, ids in made.possible.items():
            if not name:
                yield from (_for_the_network(id_, here[0]) for id_ in ids)
                continue
            where = tuple(str(a.coordinate) for a in here if name in a.components)
            message = f"no stack makes '{name}' on {here[0].facts.name}"
            modules = " or ".join(f"'{id_}'" for id_ in sorted(ids))
            help_ = (
                f"add the module {modules} to a stack; if something else makes it, waive this finding with the reason"
            )
            yield Diagnostic(CODE, message, help_, ("components", name), where=where)


def _for_the_network(module: str, a: Architecture) -> Diagnostic:
    message = f"no stack has the module '{module}', which makes a part of the network on {a.facts.name}"
    help_ = (
        f"add '{module}' to the stack with the network; if something else makes it, waive this finding with the reason"
    )
    return Diagnostic(CODE, message, help_, ("network",))
