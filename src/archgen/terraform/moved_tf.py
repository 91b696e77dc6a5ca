"""The text of a stack's `moved.tf`: where Terraform finds what it created under an earlier address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from archgen.terraform.bindings import variable_name
from archgen.terraform.files import HEADER, Variable

_MODULE = re.compile(r'(?m)^module "([^"]+)"')


def moves(declared: Sequence[Variable]) -> list[tuple[str, str]]:
    """Pairs of an earlier name of a module and its name after it, for all modules of a stack, sorted.

    The module of a component was once named after its binding alone, if the stack had only one; now its name ends with the component's
    id, or with an earlier id.
    """
    counts = Counter(variable.binding.variable for variable in declared)
    return sorted(pair for v in declared if v.binding.module and v.component for pair in _moves(v, counts))


def _moves(variable: Variable, counts: Counter[str]) -> Iterator[tuple[str, str]]:
    """The steps from the oldest name of a module to its present one; two steps never lead to the same name."""
    earlier = [variable_name(variable.binding, id_) for id_ in reversed(variable.formerly)]
    names = [*earlier, variable.name]
    if counts[variable.binding.variable] == 1:
        names = [variable.binding.variable, *names]
    yield from pairwise(names)


def moved_tf(declared: Sequence[Variable], model: str) -> str | None:
    """The text of `moved.tf`; None if no address has changed."""
    found = moves(declared)
    if not found:
        return None
    blocks = [f"moved {{\n  from = module.{old}\n  to   = module.{new}\n}}\n" for old, new in found]
    return "\n".join([f"# {HEADER.format(model=model)}\n", *blocks])


def modules_in(main: str) -> list[str]:
    """The names of the modules that a generated `main.tf` calls, in order."""
    return _MODULE.findall(main)


def destroyed(before: str, declared: Sequence[Variable]) -> list[str]:
    """The modules of an earlier `main.tf` that a stack no longer has under any name: Terraform would destroy what they created."""
    kept = {v.name for v in declared} | {old for old, _new in moves(declared)}
    return [name for name in modules_in(before) if name not in kept]
