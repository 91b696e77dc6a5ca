"""ARC-F004: every expression in the inputs of a stack has a value, in the current phase of every environment."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.resolve import Resolved
from archgen.model.stacks import Stack


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """A finding for each expression that cannot be evaluated, with the coordinates at which it fails."""
    today = list(resolved.today())
    failures: dict[tuple[str, str, str], list[str]] = {}
    for architecture in today:
        terraform = architecture.document.terraform
        own = {name: s for name, s in terraform.stacks.items() if s.directory is not None} if terraform else {}
        if not own:
            continue
        from archgen.terraform.own_stacks import wrong_inputs  # slow to import, and few models have such stacks

        for name, stack in own.items():
            for error in wrong_inputs(architecture, stack):
                reason = _absence(resolved, architecture, stack, error.name) or str(error)
                failures.setdefault((name, error.name, reason), []).append(str(architecture.coordinate))
    for (stack_id, variable, reason), where in failures.items():
        path = ("terraform", "stacks", stack_id, "inputs", variable, "expression")
        help_ = "the page Facts for Terraform of the reference lists what expressions can use"
        if len(where) < len(today):
            help_ = f"vary the input with `when`, or use a condition or `| default(…)`; {help_}"
        message = f"the expression for '{variable}' has no value: {reason}"
        yield Diagnostic("ARC-F004", message, help_, path, where=() if len(where) == len(today) else tuple(where))


def _absence(resolved: Resolved, a: Architecture, stack: Stack, variable: str) -> str | None:
    """The component that an expression names and that does not exist at this coordinate, and where it exists; None if there is none."""
    from archgen.expressions.evaluate import words_in

    axes = resolved.axes
    for name in sorted(words_in(stack.inputs[variable].expression or "") - a.components.keys()):
        there = [c for c, other in resolved.architectures.items() if name in other.components]
        if there:
            where = " or ".join(f"'{condition}'" for condition in axes.cover(axes.where(there)))
            return f"the component '{name}' does not exist there, but only at {where}"
    return None
