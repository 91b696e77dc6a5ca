"""A graph in, the entries of its legend out: what the marks of changes mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archgen.draw.graph import Change, Graph
from archgen.draw.measure import NOTE, text_width

LEFT = 20  # the middle of the first badge
TO_TEXT = 16  # from the middle of a badge to its text
BETWEEN = 30


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One kind of change: where the middle of its badge and the start of its text are, from the left of the picture."""

    change: Change
    badge: float
    text: float


def entries(graph: Graph) -> Iterator[LegendEntry]:
    """The entries in a row; none for a picture that shows no change."""
    x: float = LEFT
    for change in graph.changes():
        yield LegendEntry(change, x, x + TO_TEXT)
        x += TO_TEXT + text_width(change, NOTE) + BETWEEN


def legend_width(graph: Graph) -> float:
    """How wide the row is."""
    return max((entry.text + text_width(entry.change, NOTE) for entry in entries(graph)), default=0)
