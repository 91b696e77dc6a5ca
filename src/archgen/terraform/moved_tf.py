"""The text of a stack's `moved.tf`: where Terraform finds what it created under an earlier address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from archgen.terraform.files import HEADER, Variable


def moved_tf(declared: Sequence[Variable], model: str) -> str | None:
    """The text of `moved.tf`; None if no address has changed.

    The module of a component was once named after its binding alone, if the stack had only one; its name now ends with the component's.
    """
    counts = Counter(variable.binding.variable for variable in declared)
    moves = [
        (variable.binding.variable, variable.name)
        for variable in declared
        if variable.binding.module and variable.component and counts[variable.binding.variable] == 1
    ]
    if not moves:
        return None
    blocks = [f"moved {{\n  from = module.{old}\n  to   = module.{new}\n}}\n" for old, new in sorted(moves)]
    return "\n".join([f"# {HEADER.format(model=model)}\n", *blocks])
