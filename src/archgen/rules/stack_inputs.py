"""ARC-F004: every expression in the inputs of a stack has a value, in the current phase of every environment."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved


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
                failures.setdefault((name, error.name, str(error)), []).append(str(architecture.coordinate))
    for (stack_id, variable, reason), where in failures.items():
        path = ("terraform", "stacks", stack_id, "inputs", variable, "expression")
        help_ = "archgen explain ARC-F004 shows what expressions can use"
        everywhere = len(where) == len(today)
        message = f"the expression for '{variable}' has no value: {reason}"
        yield Diagnostic("ARC-F004", message, help_, path, where=() if everywhere else tuple(where))
