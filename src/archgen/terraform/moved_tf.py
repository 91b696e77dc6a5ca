"""The text of a stack's `moved.tf`: where Terraform finds what it created under an earlier address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise
from typing import Any

from archgen.terraform.bindings import variable_name
from archgen.terraform.files import HEADER, Variable

_MODULE = re.compile(r'(?m)^module "([^"]+)"')
_RESOURCE = re.compile(r'(?m)^\s*resource "([^"]+)" "([^"]+)"')
_FOR_EACH = re.compile(
    r'(?m)^\s*resource "([^"]+)" "([^"]+)" \{\n\s*for_each = @self == null \? \{\} : @self(?:\.(\w+))?$'
)  # of resources whose keys are those of a mapping as it is


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


def resource_moves(
    declared: Sequence[Variable], renamed: Mapping[str, tuple[str, ...]], keys: Mapping[str, Set[str]]
) -> Iterator[tuple[str, str]]:
    """The same for resources without a module: pairs of an earlier address and the one after it.

    `renamed` has the earlier ids of components, the last one first, and `keys` the keys in the values of each variable. A resource is
    named after its variable, or keyed by the ids of components.
    """
    for variable in declared:
        for type_, label in _RESOURCE.findall("\n".join(variable.binding.resources)):
            if variable.component:
                names = [variable_name(variable.binding, id_) for id_ in reversed(variable.formerly)]
                addresses = [f"{type_}.{label.replace('@label', name)}" for name in (*names, variable.name)]
                yield from pairwise(addresses)
                continue
            for id_ in sorted(keys.get(variable.name, frozenset()) & renamed.keys()):
                place = f"{type_}.{label.replace('@label', variable.name)}"
                yield from pairwise(f'{place}["{name}"]' for name in (*reversed(renamed[id_]), id_))


def resource_addresses(variable: Variable) -> list[str]:
    """The address of the module of a variable; if it has no module, the addresses of its resources."""
    if variable.binding.module:
        return [f"module.{variable.name}"]
    found = _RESOURCE.findall("\n".join(variable.binding.resources))
    return [f"{type_}.{label.replace('@label', variable.name)}" for type_, label in found]


def entry_addresses(variable: Variable, values: Any) -> Iterator[tuple[str, str, bool]]:
    """Resources without a module that are made for each entry of a mapping in a value.

    Each with its address, the key of the entry, and whether the code tells Terraform not to destroy it.
    """
    for text in variable.binding.resources:
        found = _FOR_EACH.search(text)
        if found is None:
            continue
        type_, label, attribute = found.groups()
        protected = "prevent_destroy = true" in text
        entries = values.get(attribute) if attribute and isinstance(values, Mapping) else values
        if isinstance(entries, Mapping):
            place = f"{type_}.{label.replace('@label', variable.name)}"
            yield from ((f'{place}["{key}"]', key, protected) for key in entries)


def all_moves(declared: Sequence[Variable]) -> list[tuple[str, str]]:
    """Pairs of an earlier address and the one after it, for the modules of components and for their resources without a module."""
    return [*((f"module.{old}", f"module.{new}") for old, new in moves(declared)), *resource_moves(declared, {}, {})]


def keys_in(values: object) -> set[str]:
    """The keys of a mapping and of the mappings in it."""
    if not isinstance(values, Mapping):
        return set()
    return {*values, *(key for inner in values.values() if isinstance(inner, Mapping) for key in inner)}


def moved_tf(declared: Sequence[Variable], model: str, of_resources: Iterable[tuple[str, str]] = ()) -> str | None:
    """The text of `moved.tf`, with the moves of modules and of resources; None if no address has changed."""
    found = [*((f"module.{old}", f"module.{new}") for old, new in moves(declared)), *of_resources]
    if not found:
        return None
    blocks = [f"moved {{\n  from = {old}\n  to   = {new}\n}}\n" for old, new in found]
    return "\n".join([f"# {HEADER.format(model=model)}\n", *blocks])


def modules_in(main: str) -> list[str]:
    """The names of the modules that a generated `main.tf` calls, in order."""
    return _MODULE.findall(main)


def destroyed(before: str, declared: Sequence[Variable]) -> list[str]:
    """The modules of an earlier `main.tf` that a stack no longer has under any name: Terraform would destroy what they created."""
    kept = {v.name for v in declared} | {old for old, _new in moves(declared)}
    return [name for name in modules_in(before) if name not in kept]
