"""The legend of a picture with changes, which explains their marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archgen.draw.graph import Change, Graph
from archgen.draw.measure import NOTE, text_width

LEFT = 20  # x of the center of the first badge
TO_TEXT = 16  # from the center of a badge to its text
BETWEEN = 30


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One kind of change, with the x of the center of its badge and of the start of its text."""

    change: Change
    badge: float
    text: float


def entries(graph: Graph) -> Iterator[LegendEntry]:
    """The entries from left to right; none for a picture without changes."""
    x: float = LEFT
    for change in graph.changes():
        yield LegendEntry(change, x, x + TO_TEXT)
        x += TO_TEXT + text_width(change, NOTE) + BETWEEN


def legend_width(graph: Graph) -> float:
    """The width of the legend in pixels."""
    return max((entry.text + text_width(entry.change, NOTE) for entry in entries(graph)), default=0)
