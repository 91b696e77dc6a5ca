"""Bundles: edges that enter or leave a busy node as one line with one label, such as "5432, 18 callers".

A node has room for about a dozen arrows. So at a node with more edges, those that look the same share their last part. They stay separate
edges with separate routes, which other formats and the table of connections list one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from archgen.draw.graph import Edge, Graph
from archgen.records import dataclass

BUSY = 7  # edges in one direction at a node that are drawn one by one
BUSY_IN_GRID = 4  # the same in grids, which have narrow channels, for edges with the same label
FULL = 12  # lines at a node in both directions
MANY = 5  # the fewest edges with the same label that make a separate bundle, if they are at least half of all
FEW = 3  # the fewest edges in any bundle


@dataclass(frozen=True, slots=True)
class Bundle:
    """Edges that share a line at the node `hub`: all of them enter it, or all of them leave it.

    `id` differs from all ids of nodes, groups and edges. `label` is the common label, or empty if the edges keep their own labels.
    """

    id: str
    hub: str
    edges: tuple[Edge, ...]
    label: str

    @property
    def text(self) -> str:
        """What is written at the shared line: the common label, and how many edges share the line."""
        others = len({self.other(edge) for edge in self.edges})
        count = f"{'from' if self.enters else 'to'} {others}"
        if all(edge.caller == ("tail" if self.enters else "head") for edge in self.edges):
            count = f"{others} callers"
        elif all(edge.caller == ("head" if self.enters else "tail") for edge in self.edges):
            count = f"{others} calls"
        return ", ".join(part for part in (self.label, count) if part)

    @property
    def enters(self) -> bool:
        """Whether the edges point to the hub."""
        return self.edges[0].head == self.hub

    def other(self, edge: Edge) -> str:
        """The end of one of the edges that is not the hub."""
        return edge.tail if self.enters else edge.head


def most_alone(graph: Graph) -> int:
    """The number of edges in one direction at a node that are drawn one by one. It is the same for both free layouts, since a free picture
    may be turned.
    """
    return BUSY_IN_GRID if graph.layout == "grid" else BUSY


def busy_ends(graph: Graph) -> frozenset[str]:
    """The ids of the ends of edges that have more edges than are drawn one by one, apart from loops."""
    counts = Counter(end for edge in graph.edges if edge.tail != edge.head for end in (edge.tail, edge.head))
    return frozenset(id_ for id_, count in counts.items() if count > most_alone(graph))


@lru_cache(maxsize=64)
def bundles(graph: Graph) -> tuple[Bundle, ...]:
    """The bundles of a graph, those of the busiest nodes first. No edge is in two of them."""
    nodes, most = graph.nodes(), most_alone(graph)
    between = [edge for edge in graph.edges if edge.tail != edge.head]
    counts = Counter(end for edge in between for end in (edge.tail, edge.head) if end in nodes)
    found: list[Bundle] = []
    for hub in sorted((id_ for id_, count in counts.items() if count > most), key=lambda id_: (-counts[id_], id_)):
        bundled = {edge.id for bundle in found for edge in bundle.edges}
        at_hub = [edge for edge in between if hub in (edge.tail, edge.head)]
        free = [edge for edge in at_hub if edge.id not in bundled]
        lines = len(free) + sum(1 for bundle in found if any(edge in at_hub for edge in bundle.edges))
        for edges in _at(hub, free, lines, most):
            labels = {edge.label for edge in edges} - {""}
            found.append(Bundle(f"bundle.{len(found) + 1}", hub, edges, labels.pop() if len(labels) == 1 else ""))
    return tuple(found)


def common_labels(graph: Graph) -> dict[str, str]:
    """Edge id to the id of its bundle, for the edges whose label is written once at the line that they share."""
    return {
        edge.id: bundle.id
        for bundle in bundles(graph)
        if bundle.label or not any(edge.label for edge in bundle.edges)
        for edge in bundle.edges
    }


def label_ids(graph: Graph) -> set[str]:
    """The ids of all labels of a picture: those of bundles, and of the edges that keep their labels."""
    common = common_labels(graph)
    own = {edge.id for edge in graph.edges if edge.label and edge.id not in common}
    return own | {bundle.id for bundle in bundles(graph)}


def _at(hub: str, edges: list[Edge], lines: int, most: int) -> Iterator[tuple[Edge, ...]]:
    """The edges of each bundle at a node with this number of lines, of which at most `most` with the same label and direction stay alone:
    as few bundles as possible.
    """
    left = list(edges)
    for enters in (True, False):
        ahead = [edge for edge in edges if (edge.head == hub) == enters]
        for kind in _bundled(hub, ahead, len(ahead), (most, BUSY)):
            lines -= len(kind) - 1
            left = [edge for edge in left if edge not in kind]
            yield kind
    yield from _bundled(hub, left, lines, (FULL, FULL))


def _bundled(hub: str, edges: list[Edge], lines: int, most: tuple[int, int]) -> Iterator[tuple[Edge, ...]]:
    """Edges to be bundled so that few lines are left: those with the label that most have, if there are more lines than the first number;
    then the largest sets that look the same, while there are more than the second.
    """
    left = list(edges)
    by_label = [kind for kind in _by_label(hub, left) if len(kind) >= max(MANY, len(left) / 2)]
    if lines > most[0] and by_label:
        left = [edge for edge in left if edge not in by_label[0]]
        lines -= len(by_label[0]) - 1
        yield by_label[0]
    for kind in sorted(_by_look(hub, left), key=len, reverse=True):
        if lines > most[1] and len(kind) >= FEW:
            lines -= len(kind) - 1
            yield kind


def _by_label(hub: str, edges: list[Edge]) -> Iterator[tuple[Edge, ...]]:
    """The edges by look and label. Those without a label belong to the label of their look, if there is only one."""
    for same in _by_look(hub, edges):
        labels = sorted({edge.label for edge in same} - {""})
        if len(labels) < 2:
            yield same
            continue
        for label in ("", *labels):
            yield tuple(edge for edge in same if edge.label == label)


def _by_look(hub: str, edges: list[Edge]) -> list[tuple[Edge, ...]]:
    """The edges by direction and look."""
    kinds: dict[tuple[object, ...], list[Edge]] = {}
    for edge in edges:
        look = (edge.head == hub, edge.both, edge.dashed, edge.meaning, edge.planned, edge.mark)
        kinds.setdefault(look, []).append(edge)
    return [tuple(kind) for kind in kinds.values()]
