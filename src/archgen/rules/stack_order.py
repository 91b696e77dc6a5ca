"""ARC-F003: the stacks that others come after exist, and no two come after each other."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.terraform.stack_order import stacks_before


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The stacks that others come after exist at this coordinate, and no stack comes after itself."""
    terraform = architecture.document.terraform
    stacks = terraform.stacks if terraform else {}
    for name, stack in stacks.items():
        for position, other in enumerate(stack.after):
            path = ("terraform", "stacks", name, "after", position)
            if other not in stacks:
                yield Diagnostic("ARC-R001", f"there is no stack '{other}'", did_you_mean(other, stacks), path)
            elif name in stacks_before(stacks, other) or name == other:
                yield Diagnostic(
                    "ARC-F003", f"'{name}' and '{other}' come after each other", "remove one `after`", path
                )
