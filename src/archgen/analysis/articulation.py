"""Pairs of names in, the names out without which the rest falls apart: Tarjan's and Hopcroft's articulation points, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def articulation_points(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The articulation points of an undirected graph, in the order in which they are first named. Time is linear in the pairs.

    https://doi.org/10.1145/362248.362272
    """
    near: dict[str, list[str]] = {}
    for one, other in pairs:
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    depth: dict[str, int] = {}
    found: set[str] = set()
    for root in near:
        if root not in depth:
            found |= _below(root, near, depth)
    return [name for name in near if name in found]


def _below(root: str, near: dict[str, list[str]], depth: dict[str, int]) -> set[str]:
    """Those of one connected part. A stack of our own: a chain may be longer than Python's recursion."""
    found: set[str] = set()
    low: dict[str, int] = {root: 0}
    depth[root] = 0
    children_of_root = 0
    stack: list[tuple[str, str, Iterator[str]]] = [(root, "", iter(near[root]))]
    while stack:
        name, parent, rest = stack[-1]
        for other in rest:
            if other == parent:
                continue
            if other in depth:
                low[name] = min(low[name], depth[other])
                continue
            depth[other] = low[other] = depth[name] + 1
            stack.append((other, name, iter(near[other])))
            break
        else:
            stack.pop()
            if parent:
                low[parent] = min(low[parent], low[name])
                if parent == root:
                    children_of_root += 1
                elif low[name] >= depth[parent]:
                    found.add(parent)
    return found | ({root} if children_of_root > 1 else set())
