"""ARC-F003: the stacks that others come after exist, and no two come after each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgen.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.document import Stack


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The stacks that others come after exist at this coordinate, and no stack comes after itself."""
    terraform = architecture.document.terraform
    stacks = terraform.stacks if terraform else {}
    for name, stack in stacks.items():
        for position, other in enumerate(stack.after):
            path = ("terraform", "stacks", name, "after", position)
            if other not in stacks:
                yield Diagnostic("ARC-R001", f"there is no stack '{other}'", did_you_mean(other, stacks), path)
            elif name in before(stacks, other) or name == other:
                yield Diagnostic(
                    "ARC-F003", f"'{name}' and '{other}' come after each other", "remove one `after`", path
                )


def before(stacks: Mapping[str, Stack], name: str) -> set[str]:
    """Every stack that must be applied before this one, near or far."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        stack = stacks.get(waiting.pop())
        fresh = [other for other in (stack.after if stack else ()) if other not in found]
        found.update(fresh)
        waiting += fresh
    return found
