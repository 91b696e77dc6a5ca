"""The order in which stacks are applied."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

from archgen.model.stacks import Stack


def stacks_before(stacks: Mapping[str, Stack], name: str) -> set[str]:
    """The ids of all stacks that must be applied before the named one, directly or indirectly."""
    before: set[str] = set()
    waiting = [name]
    while waiting:
        stack = stacks.get(waiting.pop())
        fresh = [other for other in (stack.after if stack else ()) if other not in before]
        before.update(fresh)
        waiting += fresh
    return before


def in_order(stacks: Mapping[str, Stack]) -> list[str]:
    """The ids of stacks, each after those that must be applied before it; otherwise, in alphabetical order."""
    sorter = TopologicalSorter({name: [o for o in stack.after if o in stacks] for name, stack in stacks.items()})
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order
