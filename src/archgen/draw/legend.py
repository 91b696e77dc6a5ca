"""The legend at the bottom of a picture, which explains exactly those of its marks that a reader cannot guess."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Literal

from archgen.draw import style
from archgen.draw.bundles import bundles
from archgen.draw.graph import Change, Edge, Graph
from archgen.draw.measure import NOTE, Rect, text_width
from archgen.draw.routes import Route
from archgen.records import dataclass

LEFT = 10  # x of the first sample
ROW = 24  # the height of a row
ABOVE = 6  # between the picture and the first row
BETWEEN = 22  # between a text and the next sample
LEAST = 340  # pixels; a picture that is not as wide as its legend becomes this wide before the legend gets more rows
_BOX, _LINE, _INNER = 18, 34, 5  # the widths of the parts of a sample, and the space between them
_TO_TEXT = 7  # from a sample to its text
_PLAIN = Edge("", "", "")


@dataclass(frozen=True, slots=True)
class LegendMark:
    """A mark that occurs in a picture: its name and what it means. Its sample is a box, a line that is drawn as `edge` is, or both.

    A `joint` is a line that another one joins.
    """

    name: str
    text: str
    box: Literal["", "frame", "count", "context", "closed", "badge"] = ""
    edge: Edge | None = None
    joint: bool = False
    change: Change = ""

    @property
    def width(self) -> float:
        """The width of its sample."""
        box = _BOX + 8 if self.box == "closed" else _BOX
        return sum((box if self.box else 0, _INNER if self.box and self.edge else 0, _LINE if self.edge else 0))


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A mark with the left end and the middle of its sample, in pixels of the picture."""

    mark: LegendMark
    x: float
    y: float

    @property
    def text_x(self) -> float:
        """Where the text begins."""
        return self.x + self.mark.width + _TO_TEXT

    @property
    def box(self) -> Rect:
        """The box of the sample."""
        width = self.mark.width - (_LINE + _INNER if self.mark.edge else 0)
        return Rect(self.x, self.y - _BOX / 2 + 1, width, _BOX - 2)

    @property
    def line(self) -> Route:
        """The line of the sample."""
        right = self.x + self.mark.width
        return (right - _LINE, self.y), (right, self.y)

    @property
    def joining(self) -> Route:
        """The line that joins that of the sample, up to the dot."""
        left = self.line[0][0]
        return (left, self.y - 7), (left + 13, self.y - 7), (left + 13, self.y)


def marks(graph: Graph, labels: Collection[str]) -> Iterator[LegendMark]:
    """The marks of a picture, without those that every reader knows. `labels` are the IDs of what has a label in the picture."""
    plain = [edge for edge in graph.edges if not edge.planned and not edge.mark]
    nodes, planned = list(graph.root.nodes()), [edge for edge in graph.edges if edge.planned and not edge.mark]
    if planned or any(node.planned for node in nodes):
        frame: Literal["", "frame"] = "frame" if any(node.planned for node in nodes) else ""
        yield LegendMark("planned", "planned", frame, replace(_PLAIN, planned=True) if planned else None)
    for meaning, look in style.MEANINGS.items():
        if any(edge.meaning == meaning for edge in plain):
            yield LegendMark(meaning, look.text, edge=replace(_PLAIN, meaning=meaning))
    if any(edge.both for edge in graph.edges):
        yield LegendMark("both", "data goes both ways", edge=replace(_PLAIN, both=True))
    if any(bundle.id in labels for bundle in bundles(graph)):
        yield LegendMark("joint", "connections join", edge=_PLAIN, joint=True)
    if any(node.stands_for for node in nodes):
        yield LegendMark("count", "how many it stands for", "count")
    if any(node.context for node in nodes):
        yield LegendMark("context", "not the subject", "context")
    if any(group.closed for group in graph.root.groups()):
        yield LegendMark("closed", "contents not drawn", "closed")
    for change in graph.changes():
        edge = replace(_PLAIN, change=change) if any(edge.mark == change for edge in graph.edges) else None
        yield LegendMark(change, change, "badge", edge, change=change)


def legend(graph: Graph, labels: Collection[str], width: float, height: float) -> list[LegendEntry]:
    """The entries at the bottom of a picture of a size, in rows from left to right; none for a picture without marks."""
    rows = _rows(list(marks(graph, labels)), width)
    top = height - ROW * len(rows)
    return [replace(entry, y=top + ROW * (number + 0.5)) for number, row in enumerate(rows) for entry in row]


def legend_size(graph: Graph, labels: Collection[str], width: float) -> tuple[float, float]:
    """The width that a picture of a width needs for its legend, and the height of the legend."""
    shown = list(marks(graph, labels))
    row = next(iter(_rows(shown, float("inf"))), [])
    whole = max((_end(entry) for entry in row), default=0.0)
    widest = max((_end(entry) - entry.x + LEFT for entry in row), default=0.0)
    needed = max(width, widest, min(whole, LEAST))
    rows = _rows(shown, needed)
    return needed, ABOVE + ROW * len(rows) if rows else 0


def _rows(shown: list[LegendMark], width: float) -> list[list[LegendEntry]]:
    rows: list[list[LegendEntry]] = []
    for mark in shown:
        entry = LegendEntry(mark, _end(rows[-1][-1]) + BETWEEN if rows else LEFT, 0)
        if not rows or _end(entry) > width:
            entry = LegendEntry(mark, LEFT, 0)
            rows.append([])
        rows[-1].append(entry)
    return rows


def _end(entry: LegendEntry) -> float:
    """The right end of the text of an entry."""
    return entry.text_x + text_width(entry.mark.text, NOTE)


def in_words(graph: Graph, look: Callable[[LegendMark], str], labels: Collection[str] = ()) -> str:
    """The legend as a sentence, for formats without one; empty for a picture without marks. `look` says how a mark looks there."""
    meanings: dict[str, list[str]] = {}
    for mark in marks(graph, labels):
        meanings.setdefault(look(mark), []).append(mark.text)
    parts = [f"{drawn}: {' or '.join(texts)}" for drawn, texts in meanings.items()]
    return f"Marks: {'; '.join(parts)}." if parts else ""
