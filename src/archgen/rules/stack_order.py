"""ARC-F003: the stacks in `after` exist, and their order has no cycle."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.terraform.stack_order import stacks_before


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each unknown stack in `after`, and for each stack that has to come before itself."""
    terraform = architecture.document.terraform
    stacks = terraform.stacks if terraform else {}
    for name, stack in stacks.items():
        for position, other in enumerate(stack.after):
            path = ("terraform", "stacks", name, "after", position)
            if other not in stacks:
                yield Diagnostic("ARC-R001", f"the stack '{other}' does not exist", did_you_mean(other, stacks), path)
            elif name in stacks_before(stacks, other) or name == other:
                yield Diagnostic(
                    "ARC-F003",
                    f"'{name}' must come after itself"
                    if name == other
                    else f"'{name}' and '{other}' must each come after the other",
                    "remove one of them from the `after` list of the other",
                    path,
                )
