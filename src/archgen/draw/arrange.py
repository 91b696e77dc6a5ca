"""Other arrangements for a grid that would be too tall for a page: boxes side by side or in columns instead of below each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

from archgen.draw import grid
from archgen.draw.graph import Arrangement, Graph, Group

WIDE = 1140  # pixels; the space on a page, in which text keeps its size
LOW = 400  # pixels; a picture that is not taller fits on any page
SLIM = 1.2  # the most that a picture is taller than wide
_COLUMNS = 6
_TRIED = 3  # arrangements that are worth drawing


def flatter_grids(graph: Graph) -> Iterator[Graph]:
    """The same graph in other arrangements that are probably not too tall: first those that fit a page, and of these the smallest.

    The children of one box are arranged differently, or those of two boxes if one is not enough.
    """
    options = list(_options(graph.root))
    fitting: list[tuple[float, float, int, Graph]] = []
    for count in (1, 2):
        for chosen in itertools.combinations(options, count):
            if len(dict(chosen)) < count:
                continue
            other = replace(graph, root=_arranged(graph.root, dict(chosen)))
            width, height = grid.size(other)
            if height <= SLIM * width:
                fitting.append((max(width, WIDE), width * height, len(fitting), other))
        if any(width <= WIDE for width, *_rest in fitting):
            break
    for *_order, other in sorted(fitting, key=lambda entry: entry[:3])[:_TRIED]:
        yield other


def _options(root: Group) -> Iterator[tuple[str, Arrangement]]:
    """Other arrangements of single boxes. Boxes with peers stay as they are, since their children line up."""
    for group in root.groups():
        if group.peer or not any(isinstance(child, Group) for child in group.children):
            continue
        ways: tuple[Arrangement, ...] = ("row", "column", *range(2, min(_COLUMNS, (len(group.children) + 1) // 2) + 1))
        if len(group.children) > 1:
            yield from ((group.id, way) for way in ways if way != group.arrange)


def _arranged(group: Group, changes: Mapping[str, Arrangement]) -> Group:
    children = tuple(_arranged(child, changes) if isinstance(child, Group) else child for child in group.children)
    return replace(group, children=children, arrange=changes.get(group.id, group.arrange))
