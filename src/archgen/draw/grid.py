"""Places the nodes and groups of grids: sizes are computed from the inside out, then positions from the outside in."""

from __future__ import annotations

import itertools
from dataclasses import field

from archgen.draw.graph import Graph, Group, Node
from archgen.draw.measure import (
    ICON,
    TITLE_HEIGHT,
    TITLE_INSET,
    Rect,
    label_room,
    loop_room,
    node_size,
    star_room,
    title_width,
)
from archgen.draw.style import look
from archgen.records import dataclass

PAD = 10  # between a group's border and its children
GAP = 14  # between neighbors
NODE_GAP = 18  # between nodes, so that edges fit between them
LINE_ROOM = 12  # between a title and icons, so that an edge fits between them
EMPTY = (70.0, 60.0)  # inner size of an empty group
CLOSED = 26.0  # inner height of a closed group

Size = tuple[float, float]


@dataclass(slots=True)
class _Sizes:
    theme: str
    smallest: dict[str, Size] = field(default_factory=dict)  # minimum size of groups with the same `peer`
    known: dict[str, Size] = field(default_factory=dict)
    room: dict[frozenset[str], float] = field(default_factory=dict)  # between two neighbors with a labeled edge
    widths: dict[str, float] = field(default_factory=dict)  # minimum widths of nodes with loops or bundles


def place(graph: Graph) -> dict[str, Rect]:
    """A box for every node and every group, by id; the top left corner is at 0, 0."""
    sizes = _sizes(graph)
    boxes: dict[str, Rect] = {}
    _arrange(graph.root, Rect(0, 0, *sizes.known[graph.root.id]), sizes, boxes)
    return boxes


def size(graph: Graph) -> Size:
    """The width and the height of a grid, without the lines that lead around it."""
    return _sizes(graph).known[graph.root.id]


def _sizes(graph: Graph) -> _Sizes:
    """The sizes of all groups; those with the same peer are equal."""
    sizes = _Sizes(graph.theme, room=label_room(graph, graph.edges), widths={**loop_room(graph), **star_room(graph)})
    _measure(graph.root, sizes)
    for group in graph.root.groups():  # all peers get the size of the largest
        if group.peer:
            width, height = sizes.known[group.id]
            least = sizes.smallest.get(group.peer, (0.0, 0.0))
            sizes.smallest[group.peer] = max(width, least[0]), max(height, least[1])
    _measure(graph.root, sizes)
    return sizes


def _insets(group: Group, theme: str) -> tuple[float, float, float]:
    """The space for border and title: left and right, top, bottom."""
    if look(theme, group.style) is None:
        return 0, 0, 0
    holds_nodes = any(isinstance(child, Node) for child in group.children)
    return PAD, TITLE_HEIGHT + (LINE_ROOM if holds_nodes else 4), PAD


def _size(child: Node | Group, sizes: _Sizes) -> Size:
    if isinstance(child, Group):
        return sizes.known[child.id]
    width, height = node_size(child)
    return max(width, sizes.widths.get(child.id, 0)) + NODE_GAP, height + 6


def _rows(group: Group) -> list[tuple[Node | Group, ...]]:
    """The children in rows."""
    children = group.children
    if group.arrange == "row":
        return [children] if children else []
    columns = 1 if group.arrange == "column" else int(group.arrange)
    return [children[start : start + columns] for start in range(0, len(children), columns)]


def _between(group: Group) -> float:
    return GAP if any(isinstance(child, Group) for child in group.children) else 0


def _measure(group: Group, sizes: _Sizes) -> Size:
    for child in group.children:
        if isinstance(child, Group):
            _measure(child, sizes)
    rows = [[_size(child, sizes) for child in row] for row in _rows(group)]
    between = _between(group)
    side, top, bottom = _insets(group, sizes.theme)
    if isinstance(group.arrange, int) and rows:
        widest = max(width for row in rows for width, _height in row)
        columns = max(len(row) for row in rows)
        inner_width = widest * columns + between * (columns - 1)
    else:
        inner_width = max((_row_width(row, sizes, between) for row in _rows(group)), default=EMPTY[0])
    inner_width = max(inner_width, max((_room_for_labels(row, sizes) for row in _rows(group)), default=0))
    empty = CLOSED if group.closed else EMPTY[1]
    inner_height = sum(max(h for _w, h in row) for row in rows) + between * (len(rows) - 1) if rows else empty
    drawn = look(sizes.theme, group.style)
    title = title_width(group, icon=bool(drawn and drawn.icon)) + 2 * TITLE_INSET if group.label else 0
    least = sizes.smallest.get(group.peer, (0.0, 0.0)) if group.peer else (0.0, 0.0)
    sizes.known[group.id] = max(inner_width + 2 * side, title, least[0]), max(inner_height + top + bottom, least[1])
    return sizes.known[group.id]


def _row_width(row: tuple[Node | Group, ...], sizes: _Sizes, between: float) -> float:
    """The width of a row. If it has only nodes, all get cells as wide as the widest; groups take the width they need."""
    widths = [_size(child, sizes)[0] for child in row]
    if not any(isinstance(child, Group) for child in row):
        return max(widths) * len(row)
    return sum(widths) + between * (len(row) - 1)


def _room_for_labels(row: tuple[Node | Group, ...], sizes: _Sizes) -> float:
    """The minimum width of a row of nodes in equal cells for which labels of edges between neighbors fit between the icons."""
    cells = [
        sizes.room.get(frozenset((one.id, other.id)), 0) + ICON
        for one, other in itertools.pairwise(row)
        if isinstance(one, Node) and isinstance(other, Node)
    ]
    return max(cells, default=0) * len(row)


def _arrange(group: Group, box: Rect, sizes: _Sizes, boxes: dict[str, Rect]) -> None:
    boxes[group.id] = box
    side, top, bottom = _insets(group, sizes.theme)
    inner = Rect(box.x + side, box.y + top, box.width - 2 * side, box.height - top - bottom)
    rows = _rows(group)
    if not rows:
        return
    between = _between(group)
    heights = [max(_size(child, sizes)[1] for child in row) for row in rows]
    spare = (inner.height - sum(heights) - between * (len(rows) - 1)) / len(rows)
    y = inner.y
    for row, height in zip(rows, heights, strict=True):
        _arrange_row(group, row, Rect(inner.x, y, inner.width, height + spare), sizes, boxes)
        y += height + spare + between


def _arrange_row(group: Group, row: tuple[Node | Group, ...], box: Rect, sizes: _Sizes, boxes: dict[str, Rect]) -> None:
    """Place one row: groups fill it, nodes are centered in cells of equal width."""
    between = _between(group)
    if isinstance(group.arrange, int):
        columns = min(group.arrange, len(group.children))
        widths = [(box.width - between * (columns - 1)) / columns] * len(row)
    else:
        widths = [_size(child, sizes)[0] for child in row]
        growing = [n for n, child in enumerate(row) if isinstance(child, Group)] or list(range(len(row)))
        spare = box.width - sum(widths) - between * (len(row) - 1)
        for n in growing:
            widths[n] += spare / len(growing)
        if not any(isinstance(child, Group) for child in row):
            widths = [(box.width - between * (len(row) - 1)) / len(row)] * len(row)
    x = box.x
    tallest = max((node_size(child)[1] for child in row if isinstance(child, Node)), default=0)
    for child, width in zip(row, widths, strict=True):
        cell = Rect(x, box.y, width, box.height)
        if isinstance(child, Group):
            _arrange(child, cell, sizes, boxes)
        else:
            own_width, own_height = node_size(child)
            top = cell.y + max(0.0, (cell.height - tallest) / 2)  # icons of a row line up
            boxes[child.id] = Rect(round(cell.x + (width - own_width) / 2, 1), round(top, 1), own_width, own_height)
        x += width + between
