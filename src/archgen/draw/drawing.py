"""Graph in, Drawing out: where every box, route and label is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from archgen.draw import graphviz, grid
from archgen.draw.ends import at_icons, straight
from archgen.draw.graphviz import Route
from archgen.draw.labels import place_labels
from archgen.draw.measure import TITLE_HEIGHT, TITLE_ICON, TITLE_INSET, Rect, ink, title_width
from archgen.draw.style import look
from archgen.graph import Graph, Group

MARGIN = 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph with its geometry; y grows downwards, all in CSS pixels."""

    graph: Graph
    width: float
    height: float
    boxes: Mapping[str, Rect]
    titles: Mapping[str, Rect]
    routes: Mapping[str, Route]
    labels: Mapping[str, Rect]


def draw(graph: Graph) -> Drawing:
    """Lay a graph out as it asks for."""
    boxes = _shifted(grid.place(graph) if graph.layout == "grid" else graphviz.flow(graph), MARGIN)
    titles = _titles(graph, boxes)
    obstacles = {f"title-of-{id_}": box for id_, box in titles.items()}
    routes = graphviz.route(graph, boxes, obstacles) if graph.edges else {}
    return _finished(graph, boxes, titles, at_icons(routes, graph, boxes, titles))


def draw_simply(graph: Graph) -> Drawing:
    """Lay a graph out without Graphviz: everything in rows, straight edges. For graphs that would take it too long."""
    rows = replace(graph, root=_in_rows(graph.root))
    boxes = _shifted(grid.place(rows), MARGIN)
    routes = {edge.id: Route(straight(boxes[edge.tail], boxes[edge.head]), curved=False) for edge in graph.edges}
    return _finished(graph, boxes, _titles(graph, boxes), routes)


def _in_rows(group: Group) -> Group:
    children = tuple(_in_rows(child) if isinstance(child, Group) else child for child in group.children)
    return replace(group, children=children, arrange=max(1, min(8, round(len(children) ** 0.5))))


def _finished(
    graph: Graph, boxes: Mapping[str, Rect], titles: Mapping[str, Rect], routes: Mapping[str, Route]
) -> Drawing:
    """The drawing, with labels where there is room for them, as large as everything in it."""
    covered = [rect for id_, node in graph.nodes().items() for rect in ink(node, boxes[id_])]
    frames = [boxes[id_] for id_, group in graph.groups().items() if look(graph.theme, group.style)]
    labels = place_labels(graph.edges, routes, [*covered, *titles.values()], frames)
    ends = [*boxes.values(), *labels.values()]
    points = [point for route in routes.values() for point in route.points]
    right = max([box.right for box in ends] + [x for x, _y in points])
    bottom = max([box.bottom for box in ends] + [y for _x, y in points])
    return Drawing(graph, round(right + MARGIN), round(bottom + MARGIN), boxes, titles, routes, labels)


def _shifted(boxes: Mapping[str, Rect], by: float) -> dict[str, Rect]:
    return {id_: replace(box, x=box.x + by, y=box.y + by) for id_, box in boxes.items()}


def _titles(graph: Graph, boxes: Mapping[str, Rect]) -> dict[str, Rect]:
    """Where the titles of groups are."""
    return {
        group.id: _title(group, boxes[group.id], graph.theme)
        for group in graph.groups().values()
        if group.label and look(graph.theme, group.style) is not None
    }


def _title(group: Group, box: Rect, theme: str) -> Rect:
    drawn = look(theme, group.style)
    assert drawn is not None
    width = title_width(group, icon=bool(drawn.icon))
    left = box.x + TITLE_INSET if drawn.title == "left" else box.x + (box.width - width) / 2
    return Rect(left, box.y + (TITLE_HEIGHT - TITLE_ICON) / 2 + 2, width, TITLE_ICON)
