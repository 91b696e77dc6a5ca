"""How large a node is: its label in at most two lines, measured in the font that ships with the package.

Letters that this font lacks are measured in the fonts of the project, which whoever draws names once: `with using(fonts):`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

from PIL import ImageFont

from archgen.draw.fonts import BUILT_IN, Font, other_width, spans
from archgen.draw.graph import Edge, Graph, Group, Node
from archgen.draw.wrapping import shortened, wrapped

# Sizes are CSS pixels, which an SVG drawn at its own size shows one to one; 11 is the smallest that reads well.
LABEL, NOTE, TITLE, EDGE = 12, 11, 12, 11
LINE = 14  # from one line of text to the next
ICON = 48
ICON_GAP = 3  # between icon and label
WRAP = 108  # a label that is wider goes on two lines
MOST_EDGE, MOST_TITLE = 320, 440  # the same of edges and groups, which have one line
MOST = 230  # the widest line of a label: what is longer is cut
TITLE_HEIGHT = 24
TITLE_ICON = 18
TITLE_INSET = 8
OUTLINE = 3  # how far the outline of a planned or changed node stands off its icon
LOOP_OUT = 17  # how far the loop of a node that calls itself stands off its icon
BADGE = 8  # from the middle of a badge to its sides


@dataclass(frozen=True, slots=True)
class Rect:
    """A box: its top left corner and size; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: Rect, margin: float = 0) -> bool:
        """Whether the boxes share area, or come closer than `margin`."""
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.y < other.bottom + margin
            and other.y < self.bottom + margin
        )


_fonts: ContextVar[tuple[Font, ...]] = ContextVar("fonts", default=())


@contextmanager
def using(fonts: tuple[Font, ...]) -> Iterator[None]:
    """Measure with these fonts too."""
    before = _fonts.set(fonts)
    try:
        yield
    finally:
        _fonts.reset(before)


@cache
def _font(face: str) -> ImageFont.FreeTypeFont:
    # The basic layout engine does not depend on libraries of the machine; 1,000 units keep hinting out of it.
    return ImageFont.truetype(str(BUILT_IN[face]), 1000, layout_engine=ImageFont.Layout.BASIC)


def text_width(text: str, size: float, face: str = "regular") -> float:
    """Width of a line of text in pixels."""
    return _text_width(text, size, face, _fonts.get())


@cache
def _text_width(text: str, size: float, face: str, fonts: tuple[Font, ...]) -> float:
    width = 0.0
    for own, run in spans(text):
        width += _font(face).getlength(run) * size / 1000 if own else other_width(run, fonts) * size
    return round(width, 2)


def wrap(text: str, size: float) -> tuple[str, ...]:
    """The text on at most two lines. What is too long even for two lines of the widest that there is ends in an ellipsis."""
    return _wrap(text, size, _fonts.get())


@cache
def _wrap(text: str, size: float, fonts: tuple[Font, ...]) -> tuple[str, ...]:
    return wrapped(text, lambda line: _text_width(line, size, "regular", fonts), WRAP, MOST)


def is_cut(node: Node) -> bool:
    """Whether a node's label or note is not shown in full."""
    shown = "".join(itertools.chain(*node_lines(node)))
    return len("".join(shown.split())) < len(
        "".join(f"{node.label}{node.note if node.note != node.label else ''}".split())
    )


def edge_label(edge: Edge) -> str:
    """What stands beside an edge."""
    return shortened(edge.label, lambda line: text_width(line, EDGE), MOST_EDGE)


def group_title(group: Group) -> str:
    """What stands at the top of a group."""
    return shortened(group.label, lambda line: text_width(line, TITLE, "bold"), MOST_TITLE)


def tile_size(letters: str) -> float:
    """The size of the letters on a tile: as large as they fit."""
    return min(20.0, 40 / max(text_width(letters, 1, "bold"), 0.1))


def node_lines(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of a node's label and of its note."""
    return wrap(node.label, LABEL), wrap(node.note, NOTE) if node.note and node.note != node.label else ()


def node_size(node: Node) -> tuple[float, float]:
    """Width and height of icon and text together."""
    label, note = node_lines(node)
    widths = [text_width(line, LABEL) for line in label] + [text_width(line, NOTE) for line in note]
    return max([float(ICON), *widths]), ICON + ICON_GAP + LINE * (len(label) + len(note)) + 2


def label_room(graph: Graph) -> dict[frozenset[str], float]:
    """How far apart two icons must be for the labels of the edges between them: by the pair's ids, in pixels."""
    room: dict[frozenset[str], float] = {}
    for edge in graph.edges:
        if edge.label:
            pair = frozenset((edge.tail, edge.head))
            room[pair] = max(room.get(pair, 0), text_width(edge_label(edge), EDGE) + 10)
    return room


def loop_room(graph: Graph) -> dict[str, float]:
    """How wide a node that calls itself is with its loop, and as much on the other side: by its id, in pixels."""
    return {edge.tail: ICON + 2 * (LOOP_OUT + 3) for edge in graph.edges if edge.tail == edge.head}


def ink(node: Node, box: Rect) -> tuple[Rect, ...]:
    """What a node covers of its box: its icon, and the lines of text under it."""
    label, note = node_lines(node)
    lines = [(text, LABEL) for text in label] + [(text, NOTE) for text in note]
    out = OUTLINE if node.planned or node.change else 0
    icon = Rect(box.x + (box.width - ICON) / 2 - out, box.y - out, ICON + 2 * out, ICON + 2 * out)
    rows = []
    for number, (text, size) in enumerate(lines):
        width = text_width(text, size)
        rows.append(Rect(box.x + (box.width - width) / 2, box.y + ICON + ICON_GAP + LINE * number, width, LINE))
    badge = Rect(icon.right - BADGE - 2, box.y - BADGE - 2, 2 * BADGE + 4, 2 * BADGE + 4)
    return (icon, *rows, badge) if node.change else (icon, *rows)


def solid(node: Node, box: Rect) -> Rect:
    """What edges keep clear of: the node's box, and the badge on top of one that shows a change."""
    above = BADGE if node.change else 0
    return Rect(box.x, box.y - above, box.width, box.height + above)


def title_width(group: Group, *, icon: bool) -> float:
    """Width of a group's title with its icon."""
    return text_width(group_title(group), TITLE, "bold") + (TITLE_ICON + 6 if icon else 0)
