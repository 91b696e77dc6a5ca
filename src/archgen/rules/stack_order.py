"""ARC-F003: what a stack needs of another one is offered by a stack that is applied before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgen.diagnostic import Diagnostic, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.document import Stack
from archgen.model.resolve import Resolved


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


def wrong_order(resolved: Resolved) -> Iterator[Diagnostic]:
    """Needs that only a later stack meets, or none: asked where variable files are made."""
    from archgen.terraform.bindings import calls
    from archgen.terraform.files import variables
    from archgen.terraform.wiring import Wiring

    for cloud in resolved.axes.clouds:
        standing = resolved.standing(cloud, resolved.axes.environments[-1])
        terraform = standing.document.terraform
        if terraform is None:
            continue
        today = [a for a in resolved.today() if a.coordinate.cloud == cloud]
        wiring = Wiring({name: variables([list(calls(a, name)) for a in today]) for name in terraform.stacks})
        for name in terraform.stacks:
            for other, wires in wiring.needed_from(name).items():
                if other not in before(terraform.stacks, name):
                    wanted = ", ".join(sorted({wire.need.output for wire in wires}))
                    message = f"'{name}' needs {wanted} of '{other}', which it does not come after on {cloud}"
                    help_ = f"add after: [{other}]"
                    yield Diagnostic("ARC-F003", message, help_, ("terraform", "stacks", name))
