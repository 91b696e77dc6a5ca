"""What the stacks of a cloud make, without its values: which modules make nothing, and which components no stack makes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from typing import Any

from archgen.expressions.evaluate import evaluate
from archgen.expressions.values import ExpressionError
from archgen.model.architecture import Architecture
from archgen.model.resolve import Resolved
from archgen.records import dataclass
from archgen.terraform.binding import Binding
from archgen.terraform.bindings import bindings, find
from archgen.terraform.facts import facts_of


@dataclass
class Made:
    """What the stacks of one cloud make at any coordinate.

    `modules` has each module that a stack lists, by the id of the stack and the module's position, and whether it makes anything.
    `components` has the ids of components that a stack makes. `possible` has, for each other component, and for
    the network (an empty id), the ids of bindings that no stack lists and that would make it. `own_code` says whether a team maintains the
    code of a stack itself, which may make anything, and `networks` whether a stack lists a module for the network.
    """

    cloud: str
    modules: dict[tuple[str, str], bool] = field(default_factory=dict)
    components: set[str] = field(default_factory=set)
    possible: dict[str, list[str]] = field(default_factory=dict)
    own_code: bool = False
    networks: bool = False

    @property
    def listed(self) -> set[str]:
        """The ids of the bindings that stacks list."""
        return {reference.partition("@")[0] for _stack, reference in self.modules}


def made_on(resolved: Resolved, cloud: str) -> Made:
    """What the stacks of a cloud make in any environment and phase. Raises ExtensionError for an invalid binding."""
    made = Made(cloud)
    present = [a for coordinate, a in resolved.architectures.items() if coordinate.cloud == cloud]
    for a in present:
        for stack, facts in a.document.terraform.stacks.items() if a.document.terraform else ():
            if facts.directory is not None:
                made.own_code = True
            for reference in facts.modules:
                if made.modules.get((stack, reference)) and _all_made(a, reference, made.components):
                    continue  # what it makes at this coordinate would add nothing
                targets = _targets_of(a, reference) or _abroad(a, stack, reference)
                made.modules[stack, reference] = made.modules.get((stack, reference), False) or bool(targets)
                made.components.update(name for name in targets if name)
                binding = find(a, reference)
                made.networks = made.networks or (binding is not None and binding.binds == "network")
    for a in present:
        for name, ids in _possible(a, made) if made.modules else ():
            known = made.possible.setdefault(name, [])
            known += [id_ for id_ in ids if id_ not in known]
    return made


def _all_made(a: Architecture, reference: str, made: Collection[str]) -> bool:
    """Whether each component that a binding could apply to at a coordinate is among these, whatever its condition says."""
    binding = find(a, reference)
    return binding is None or all(name in made for name in binding.components(a))


def _abroad(a: Architecture, stack: str, reference: str) -> list[str | None]:
    """The components that a module of a stack is for in the recovery region only."""
    terraform = a.document.terraform
    there = a.in_recovery_region() if terraform and terraform.stacks[stack].recovery else None
    return _targets_of(there, reference) if there else []


def copied_components(a: Architecture) -> set[tuple[str, str]]:
    """The components that a stack copies to the recovery region at a coordinate, each with the strategy. Raises ExtensionError."""
    terraform = a.document.terraform
    found: set[tuple[str, str]] = set()
    for stack, stated in terraform.stacks.items() if terraform else ():
        for reference in stated.modules:
            binding = find(a, reference)
            if binding is None or not binding.copies:
                continue
            made = targets(binding, a) or _abroad(a, stack, reference)
            found |= {(name, strategy) for name in made if name for strategy in binding.copies}
    return found


def _targets_of(a: Architecture, reference: str) -> list[str | None]:
    binding = find(a, reference)
    return targets(binding, a) if binding else [None]  # an unknown module is reported as such


def targets(binding: Binding, a: Architecture, known: Collection[str] = ()) -> list[str | None]:
    """The components that a binding applies to at a coordinate, without those that are `known`; [None] if it applies to the network or
    the environment.
    """
    if binding.binds in ("network", "environment"):
        there: list[str | None] = [None] if a.document.network or binding.binds == "environment" else []
    else:
        there = [name for name in binding.components(a) if name not in known]
    return [name for name in there if not binding.when or _holds(binding.when, facts_of(a, name))]


def _holds(condition: str, facts: Mapping[str, Any]) -> bool:
    try:
        return bool(evaluate(condition, facts))
    except ExpressionError:
        return True  # ARC-F002 reports it


def _possible(a: Architecture, made: Made) -> Iterator[tuple[str, list[str]]]:
    """Each component that no stack makes, with the ids of bindings for its product that no stack lists."""
    if not a.document.terraform:
        return
    listed = made.listed
    others = [b for id_, b in bindings(made.cloud, a.bindings).items() if id_ not in listed and b.is_used]
    by_component: dict[str, list[str]] = {}
    for binding in others:
        if not isinstance(binding.binds, str) or (made.networks and binding.binds == "network"):
            for name in targets(binding, a, made.components):
                by_component.setdefault(name or "", []).append(binding.id)
    yield from by_component.items()
