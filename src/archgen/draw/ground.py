"""The backgrounds of labels that lie on a line or a border."""

from __future__ import annotations

from archgen.draw.drawing import Drawing
from archgen.draw.labels import borders_of, hits, lines_of
from archgen.draw.measure import Rect
from archgen.draw.style import look


def grounds(drawing: Drawing) -> dict[str, str]:
    """Edge id to style, for each label on a line or border: the style of the innermost filled group around it, or an empty text if the
    label is on the page itself.
    """
    graph = drawing.graph
    frames = [group for group in graph.groups().values() if look(graph.theme, group.style)]
    filled = [group for group in frames if (drawn := look(graph.theme, group.style)) and drawn.fill]
    lines = [*lines_of(drawing.routes), *borders_of(drawing.boxes[group.id] for group in frames)]
    styles = {}
    for id_, label in drawing.labels.items():
        if hits(label, lines):
            around = [group.style for group in filled if _holds(drawing.boxes[group.id], label)]
            styles[id_] = around[-1] if around else ""
    return styles


def _holds(box: Rect, label: Rect) -> bool:
    x, y = label.x + label.width / 2, label.y + label.height / 2
    return box.x <= x <= box.right and box.y <= y <= box.bottom
