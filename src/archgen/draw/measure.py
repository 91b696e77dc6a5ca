"""Sizes of nodes, labels and titles, measured in the built-in font. A node's label has at most two lines.

Letters that this font lacks are measured in the fonts of the project, which are set once: `with using(fonts):`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from PIL import ImageFont

from archgen.draw.bundles import Bundle, bundles, busy_ends, common_labels
from archgen.draw.fonts import BUILT_IN, Font, other_width, spans
from archgen.draw.graph import Edge, Graph, Group, Node
from archgen.draw.wrapping import shortened, wrapped
from archgen.records import dataclass

# Sizes in CSS pixels, as in an SVG that is not scaled; 11 is the smallest that reads well.
LABEL, NOTE, TITLE, EDGE = 12, 11, 12, 11
LINE = 14  # from one line of text to the next
ICON = 48
ICON_GAP = 3  # between icon and label
WRAP = 108  # wider labels of nodes are wrapped
MOST_EDGE, MOST_TITLE = 320, 440  # wider labels of edges and titles of groups, which have one line, are cut
MOST = 230  # wider lines of a node's label are cut
TITLE_HEIGHT = 24
TITLE_ICON = 18
TITLE_INSET = 8
OUTLINE = 3  # from the icon of a planned or changed node to its outline
LOOP_OUT = 17  # from the icon of a node that calls itself to its loop
NECK = 20  # what the shared line of a bundle is longer than its label
JOINT = 16  # from the icon to the first point at which another edge may join
STEM = 12  # from the icon to a joint, without the width of a label
MOST_STEM = 120  # wider labels get no more space beside an icon
BADGE = 8  # from the center of a badge to its sides


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
    """Measure letters that the built-in font lacks in `fonts`."""
    before = _fonts.set(fonts)
    try:
        yield
    finally:
        _fonts.reset(before)


@cache
def _font(face: str) -> ImageFont.FreeTypeFont:
    # The basic layout engine does not depend on installed libraries; at a size of 1,000, hinting does not matter.
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
    """The text on at most two lines. If it does not fit, it ends in an ellipsis."""
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
    """The label of an edge as drawn: cut if it is too long."""
    return shortened(edge.label, lambda line: text_width(line, EDGE), MOST_EDGE)


def group_title(group: Group) -> str:
    """The title of a group as drawn: cut if it is too long."""
    return shortened(group.label, lambda line: text_width(line, TITLE, "bold"), MOST_TITLE)


def tile_size(letters: str) -> float:
    """The font size of the letters on a tile: the largest that fits."""
    return min(20.0, 40 / max(text_width(letters, 1, "bold"), 0.1))


def node_lines(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of a node's label and of its note."""
    return wrap(node.label, LABEL), wrap(node.note, NOTE) if node.note and node.note != node.label else ()


def node_size(node: Node) -> tuple[float, float]:
    """Width and height of icon and text together."""
    label, note = node_lines(node)
    widths = [text_width(line, LABEL) for line in label] + [text_width(line, NOTE) for line in note]
    return max([float(ICON), *widths]), ICON + ICON_GAP + LINE * (len(label) + len(note)) + 2


def bundle_label(bundle: Bundle) -> str:
    """The label of a bundle as drawn: cut if it is too long."""
    return shortened(bundle.text, lambda line: text_width(line, EDGE), MOST_EDGE)


def neck_length(bundle: Bundle) -> float:
    """The length of the shared line at the hub of a bundle, in pixels, that its label needs."""
    return text_width(bundle_label(bundle), EDGE) + NECK


def label_room(graph: Graph, edges: Iterable[Edge]) -> dict[frozenset[str], float]:
    """The distance between two icons, in pixels, that the labels of these edges between them need, by the ids of the pair."""
    room: dict[frozenset[str], float] = {}
    shared = {edge.id: neck_length(bundle) + JOINT for bundle in bundles(graph) for edge in bundle.edges}
    common = common_labels(graph)
    for edge in edges:
        pair = frozenset((edge.tail, edge.head))
        own = text_width(edge_label(edge), EDGE) + 10 if edge.label and edge.id not in common else 0.0
        if own or edge.id in shared:
            room[pair] = max(room.get(pair, 0), own + shared.get(edge.id, 0.0))
    return room


def loop_room(graph: Graph) -> dict[str, float]:
    """The width of each node that calls itself, in pixels, with space for a loop on both sides, by id."""
    return {edge.tail: ICON + 2 * (LOOP_OUT + 3) for edge in graph.edges if edge.tail == edge.head}


def stem_room(edge: Edge, common: Mapping[str, str]) -> tuple[float, float]:
    """The shortest way from the outer end of an edge of a bundle to where it joins the others, to the side and up or down: room for its
    own label, unless it is one of the edges with `common` labels.
    """
    if not edge.label or edge.id in common:
        return STEM, STEM
    return min(text_width(edge_label(edge), EDGE), MOST_STEM) + STEM - 2, LABEL + STEM


def star_room(graph: Graph) -> dict[str, float]:
    """The width of nodes, in pixels, by id, where nodes have many edges. Hubs of bundles have space for the label on both sides of a line
    from above or below, and nodes with separate arrowheads or labels beside the icon have space for them.
    """
    room: dict[str, float] = {}
    bundled, common = {edge.id: bundle for bundle in bundles(graph) for edge in bundle.edges}, common_labels(graph)
    busy = busy_ends(graph)
    sides = [(bundle.hub, text_width(bundle_label(bundle), EDGE) + 10 - ICON / 2) for bundle in bundled.values()]
    for edge in graph.edges:
        bundle = bundled.get(edge.id)
        if bundle and (graph.layout == "grid" or edge.id not in common):
            sides.append((bundle.other(edge), stem_room(edge, common)[0] + 2))
        elif not bundle and busy & {edge.tail, edge.head} and edge.tail != edge.head:
            sides += [(edge.head, STEM), (edge.tail, STEM if edge.both else 0.0)]
    for id_, side in sides:
        room[id_] = max(room.get(id_, 0.0), ICON + 2 * side)
    return room


def ink(node: Node, box: Rect) -> tuple[Rect, ...]:
    """The parts of a node's box that are drawn on: the icon with outline and badge, and the lines of text below it."""
    label, note = node_lines(node)
    lines = [(text, LABEL) for text in label] + [(text, NOTE) for text in note]
    out = OUTLINE if node.planned or node.mark else 0
    icon = Rect(box.x + (box.width - ICON) / 2 - out, box.y - out, ICON + 2 * out, ICON + 2 * out)
    rows = []
    for number, (text, size) in enumerate(lines):
        width = text_width(text, size)
        rows.append(Rect(box.x + (box.width - width) / 2, box.y + ICON + ICON_GAP + LINE * number, width, LINE))
    badge = Rect(icon.right - BADGE - 2, box.y - BADGE - 2, 2 * BADGE + 4, 2 * BADGE + 4)
    return (icon, *rows, badge) if node.change else (icon, *rows)


def solid(node: Node, box: Rect) -> Rect:
    """The area that edges avoid: the node's box, and the badge above it if the node shows a change."""
    above = BADGE if node.change else 0
    return Rect(box.x, box.y - above, box.width, box.height + above)


def title_width(group: Group, *, icon: bool) -> float:
    """Width of a group's title with its icon."""
    return text_width(group_title(group), TITLE, "bold") + (TITLE_ICON + 6 if icon else 0)
