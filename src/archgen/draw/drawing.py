"""Draws one graph: computes the position of every box, route and label."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from archgen.draw import graphviz, grid
from archgen.draw.arrange import LOW, SLIM, WIDE, flatter_grids
from archgen.draw.fonts import Font
from archgen.draw.graph import Graph, Group
from archgen.draw.labels import (
    Bounds,
    Label,
    borders_of,
    bounds_of,
    hits,
    labels_of,
    labels_of_edges,
    lines_of,
    place_labels,
)
from archgen.draw.legend import legend_size
from archgen.draw.measure import TITLE_HEIGHT, TITLE_ICON, TITLE_INSET, Rect, ink, title_width, using
from archgen.draw.routes import Route, route, straight
from archgen.draw.stretch import cuts_for, stretched
from archgen.draw.style import look
from archgen.records import dataclass

MARGIN = 8

Fonts = tuple[Font, ...]


_ATTEMPTS = 2  # at making room for labels that are on a border
_NEARLY = 1.03  # a picture that is too tall by less keeps its arrangement, with some space beside it; one that is too wide by less fits
_MOST_SPACE = 280  # pixels beside a picture of a few nodes


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph with its geometry, by id, in CSS pixels; y grows downwards."""

    graph: Graph
    width: float
    height: float
    boxes: Mapping[str, Rect]
    titles: Mapping[str, Rect]
    routes: Mapping[str, Route]
    labels: Mapping[str, Rect]
    fonts: Fonts = ()


def draw(graph: Graph, fonts: Fonts = ()) -> Drawing:
    """Draw a graph with its own layout. `fonts` are used for letters that the built-in font lacks.

    A picture that would be more than SLIM times as tall as wide is arranged differently, as far as that is possible.
    """
    drawing = _draw(graph, fonts)
    if not _is_tall(drawing):
        return drawing
    if drawing.height <= SLIM * drawing.width * _NEARLY:
        return _with_margins(drawing)
    with using(fonts):
        others = list(_flatter(graph, drawing))
    for other in others:
        flatter = _draw(other, fonts)
        if flatter.width <= WIDE * _NEARLY or graph.layout == "grid":
            drawing = min(drawing, flatter, key=lambda one: one.height / one.width)
        if not _is_tall(drawing):
            return replace(drawing, graph=graph)
    return _with_margins(replace(drawing, graph=graph))


def _is_tall(drawing: Drawing) -> bool:
    """Whether a picture is so tall that a page has to be scrolled although there is space beside it."""
    return drawing.height > SLIM * drawing.width


def _flatter(graph: Graph, drawing: Drawing) -> Iterator[Graph]:
    """Other arrangements of a graph whose `drawing` is too tall, the best first."""
    if graph.layout == "grid":
        yield from flatter_grids(graph)
    elif graph.turns and drawing.height > LOW:
        yield replace(graph, layout="down", dense=True)
        yield replace(graph, dense=True)


def _with_margins(drawing: Drawing) -> Drawing:
    """The drawing with space on both sides, if a little of it makes the picture wide enough."""
    missing = math.ceil(drawing.height / SLIM - drawing.width)
    if not 0 < missing <= _MOST_SPACE:
        return drawing
    return _moved(replace(drawing, width=drawing.width + missing), missing // 2)


def _moved(drawing: Drawing, by: float) -> Drawing:
    """The drawing with everything in it moved to the right."""
    boxes, titles, labels = (
        {id_: replace(box, x=box.x + by) for id_, box in boxes.items()}
        for boxes in (drawing.boxes, drawing.titles, drawing.labels)
    )
    routes = {id_: tuple((x + by, y) for x, y in route) for id_, route in drawing.routes.items()}
    return replace(drawing, boxes=boxes, titles=titles, labels=labels, routes=routes)


def _draw(graph: Graph, fonts: Fonts) -> Drawing:
    with using(fonts):
        boxes = grid.place(graph) if graph.layout == "grid" else graphviz.flow(graph)
        drawing = _routed(graph, boxes)
        for _attempt in range(_ATTEMPTS):
            wider = _with_room(drawing)
            if not wider or _misplaced(wider) >= _misplaced(drawing):
                break
            drawing = wider
        return replace(drawing, fonts=fonts)


def _routed(graph: Graph, boxes: Mapping[str, Rect]) -> Drawing:
    return _drawing(graph, boxes, route(graph, boxes, _titles(graph, boxes)))


def frames_of(graph: Graph, boxes: Mapping[str, Rect]) -> list[Rect]:
    """The boxes of the groups that are drawn."""
    return [boxes[id_] for id_, group in graph.groups().items() if look(graph.theme, group.style)]


def _misplaced(drawing: Drawing) -> int:
    """The number of labels on the border of a group, of those on the line of another edge, which count twice, and of those on a node or a
    title, where they cannot be read, which count four times.
    """
    borders = borders_of(frames_of(drawing.graph, drawing.boxes))
    labels = {label.id: label.edges for label in labels_of(drawing.graph, drawing.routes)}
    covered = _inked(drawing)
    count = 0
    for id_, box in drawing.labels.items():
        others = {edge: route for edge, route in drawing.routes.items() if edge not in labels[id_]}
        count += bool(hits(box, borders)) + 2 * bool(hits(box, lines_of(others))) + 4 * bool(hits(box, covered))
    return count


def _inked(drawing: Drawing) -> list[Bounds]:
    """What labels must not cover: icons, texts of nodes, and titles of groups."""
    nodes = (rect for id_, node in drawing.graph.nodes().items() for rect in ink(node, drawing.boxes[id_]))
    return [bounds_of(box) for box in (*nodes, *drawing.titles.values())]


def _with_room(drawing: Drawing) -> Drawing | None:
    """The drawing with more space where a label is on the border of a group or on a node; None if that is not possible or necessary."""
    graph, boxes = drawing.graph, drawing.boxes
    borders = borders_of(frames_of(graph, boxes))
    cuts = cuts_for(labels_of(graph, drawing.routes), drawing.labels, borders, _inked(drawing))
    wider = stretched(graph, boxes, cuts)
    return _routed(graph, wider) if wider != boxes else None


def draw_simply(graph: Graph, fonts: Fonts = ()) -> Drawing:
    """Draw a graph without Graphviz, in rows and with straight edges. For graphs that would take too long."""
    rows = replace(graph, root=_in_rows(graph.root))
    with using(fonts):
        boxes = grid.place(rows)
        routes = {edge.id: straight(boxes[edge.tail], boxes[edge.head]) for edge in graph.edges}
        return replace(_drawing(graph, boxes, routes, labels_of_edges), fonts=fonts)


def _in_rows(group: Group) -> Group:
    children = tuple(_in_rows(child) if isinstance(child, Group) else child for child in group.children)
    return replace(group, children=children, arrange=max(1, min(8, round(len(children) ** 0.5))))


def _drawing(
    graph: Graph,
    boxes: Mapping[str, Rect],
    routes: Mapping[str, Route],
    labels_of: Callable[[Graph, Mapping[str, Route]], list[Label]] = labels_of,
) -> Drawing:
    """The drawing with labels placed, moved to the origin, and with its size."""
    corners = [(box.x, box.y) for box in boxes.values()] + [point for route in routes.values() for point in route]
    left, top = (min((corner[axis] for corner in corners), default=0) for axis in (0, 1))
    dx, dy = MARGIN - left, MARGIN - top
    boxes = {id_: replace(box, x=box.x + dx, y=box.y + dy) for id_, box in boxes.items()}
    routes = {id_: tuple((x + dx, y + dy) for x, y in route) for id_, route in routes.items()}
    titles = _titles(graph, boxes)
    covered = [rect for id_, node in graph.nodes().items() for rect in ink(node, boxes[id_])]
    labels = place_labels(labels_of(graph, routes), routes, [*covered, *titles.values()], frames_of(graph, boxes))
    ends = [*boxes.values(), *labels.values()]
    points = [point for route in routes.values() for point in route]
    right = max([box.right for box in ends] + [x for x, _y in points], default=0)
    bottom = max([box.bottom for box in ends] + [y for _x, y in points], default=0)
    width, height = legend_size(graph, labels, round(right))
    return Drawing(graph, math.ceil(width) + MARGIN, round(bottom + height) + MARGIN, boxes, titles, routes, labels)


def titled(graph: Graph) -> list[Group]:
    """The groups that are drawn with a title."""
    return [g for g in graph.groups().values() if g.label and look(graph.theme, g.style) is not None]


def _titles(graph: Graph, boxes: Mapping[str, Rect]) -> dict[str, Rect]:
    """The box of each group's title, by the id of the group."""
    return {group.id: _title(group, boxes[group.id], graph.theme) for group in titled(graph)}


def _title(group: Group, box: Rect, theme: str) -> Rect:
    drawn = look(theme, group.style)
    assert drawn is not None
    width = title_width(group, icon=bool(drawn.icon))
    return Rect(box.x + TITLE_INSET, box.y + (TITLE_HEIGHT - TITLE_ICON) / 2 + 2, width, TITLE_ICON)
