"""What a layout by ranks does with bundles, so that a node with many neighbors makes neither a long column nor wide empty channels."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator

from archgen.draw.bundles import Bundle, bundles
from archgen.draw.graph import Edge, Graph, Node

COLUMN = 6  # nodes of a bundle in one column; more are placed in several columns

Row = tuple[str, ...]


def rows_of_bundles(graph: Graph) -> list[Row]:
    """Nodes that should be side by side, in rows, each in the direction of the layout: the members of a bundle that have no other edges,
    if there are more than fit in a column. Rows have nodes of one group.
    """
    counts = Counter(end for edge in graph.edges for end in {edge.tail, edge.head})
    rows: list[Row] = []
    for bundle in bundles(graph):
        members = [edge for edge in bundle.edges if counts[bundle.other(edge)] == 1]
        for forward in (True, False):
            ids = {bundle.other(edge) for edge in members if (bundle.enters != edge.against) == forward}
            for group in graph.root.groups():
                here = [child.id for child in group.children if isinstance(child, Node) and child.id in ids]
                if len(here) > COLUMN:
                    rows += _in_rows(here)
    return rows


def _in_rows(ids: list[str]) -> Iterator[Row]:
    """About as many rows as columns. The rows are in order from the top, and the last one may be shorter."""
    columns = math.ceil(len(ids) / math.ceil(math.sqrt(len(ids))))
    for start in range(0, len(ids), columns):
        yield tuple(ids[start : start + columns])


def implied_edges(graph: Graph) -> set[str]:
    """The ids of edges of bundles that the layout does not need: another edge of the bundle begins further ahead, so that the hub is ahead
    of both. The layout would reserve room for each of these edges.
    """
    found: set[str] = set()
    ways = [(edge.head, edge.tail) if edge.against else (edge.tail, edge.head) for edge in graph.edges]
    ways += [(one, other) for row in rows_of_bundles(graph) for one, other in itertools.pairwise(row)]
    for bundle in bundles(graph):
        left = {bundle.other(edge) for edge in bundle.edges}
        for edge in bundle.edges:
            own = bundle.other(edge)
            if own in left and _is_overtaken(own, left, ways, bundle, edge):
                left.discard(own)
                found.add(edge.id)
    return found


def _is_overtaken(own: str, left: set[str], ways: list[tuple[str, str]], bundle: Bundle, edge: Edge) -> bool:
    """Whether another member of a bundle that is left is further ahead on the way to the hub, or from it."""
    forward = bundle.enters != edge.against
    onward: dict[str, list[str]] = {}
    for one, other in ways if forward else [way[::-1] for way in ways]:
        onward.setdefault(one, []).append(other)
    found, waiting = {own, bundle.hub}, [own]
    while waiting:
        new = [id_ for id_ in onward.get(waiting.pop(), ()) if id_ not in found]
        if left & set(new):
            return True
        found.update(new)
        waiting += new
    return False
