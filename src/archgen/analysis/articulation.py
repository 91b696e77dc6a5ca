"""Articulation points of a graph: the nodes whose removal disconnects it. The algorithm of Hopcroft and Tarjan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def articulation_points(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The articulation points of an undirected graph, in order of first appearance. The time is linear in the number of pairs.

    https://doi.org/10.1145/362248.362272
    """
    near: dict[str, list[str]] = {}
    for one, other in pairs:
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    depth: dict[str, int] = {}
    points: set[str] = set()
    for root in near:
        if root not in depth:
            points |= _points_of_part(root, near, depth)
    return [name for name in near if name in points]


def _points_of_part(root: str, near: dict[str, list[str]], depth: dict[str, int]) -> set[str]:
    """The articulation points of one connected part. Uses an explicit stack: a chain may exceed Python's recursion limit."""
    points: set[str] = set()
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
                    points.add(parent)
    return points | ({root} if children_of_root > 1 else set())
