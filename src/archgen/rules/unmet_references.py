"""TF104: every input that takes an output of another module gets it, if a module that archgen has would offer it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import locate
from archgen.project import Project

CODE = "TF104"
TITLE = "An input of a module is left out, because no stack has the module that it refers to"
SEVERITY = "info"


def check_project(project: Project) -> Iterator[Outcome]:
    """A finding for each stack and module that no stack lists, although inputs of the stack's modules refer to it."""
    for cloud, plan in project.plans.of.items():
        if not any(plan.calls.values()):
            continue
        from archgen.terraform.unbuilt import unlisted_that_make_something

        offered = unlisted_that_make_something(project.resolved, project.made[cloud])
        today = project.resolved.standing(cloud, project.resolved.axes.environments[-1])
        for stack in plan.wiring.stacks:
            left_out: dict[str, list[str]] = {}
            for wire in plan.wiring.wires(stack):
                path = ("terraform", "stacks", stack, "modules")
                if wire.source is not None:
                    yield Passed(path)
                elif not wire.ambiguous and not wire.need.optional and wire.need.module in offered:
                    name = f"{wire.variable.name}.{wire.input}" if wire.input else wire.variable.name
                    left_out.setdefault(wire.need.module, []).append(name)
            for module, names in left_out.items():
                inputs = ", ".join(dict.fromkeys(names))
                message = f"on {today.facts.name}, the stack '{stack}' leaves out {inputs}: no stack has the module '{module}'"
                help_ = f"add the module '{module}' to this stack or one before it, or state the input under `set`"
                yield locate(Diagnostic(CODE, message, help_, path), today.tree)
