"""Writes a drawing as a draw.io file, in which boxes, icons and arrows can be moved. Groups contain their members; ids are kept."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from archgen.draw import icons, style
from archgen.draw.drawing import Drawing
from archgen.draw.graph import Edge, Group, Node
from archgen.draw.measure import ICON, Rect
from archgen.draw.style import look
from archgen.templating.escape import xml_characters

_ROOT = "1"


def drawio(drawing: Drawing) -> str:
    """The drawing as an uncompressed .drawio file, ending in a newline."""
    graph = drawing.graph
    file = ET.Element("mxfile", {"host": "archgen"})
    page = ET.SubElement(file, "diagram", {"id": graph.name, "name": xml_characters(graph.title)})
    model = ET.SubElement(
        page,
        "mxGraphModel",
        {"page": "1", "pageWidth": _n(drawing.width), "pageHeight": _n(drawing.height), "grid": "0"},
    )
    root = ET.SubElement(model, "root")
    ET.SubElement(root, "mxCell", {"id": "0"})
    ET.SubElement(root, "mxCell", {"id": _ROOT, "parent": "0"})
    _children(root, drawing, graph.root, _ROOT, Rect(0, 0, 0, 0))
    for edge in graph.edges:
        _edge(root, drawing, edge)
    ET.indent(file, " ")
    return ET.tostring(file, encoding="unicode") + "\n"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _children(root: ET.Element, drawing: Drawing, group: Group, parent: str, around: Rect) -> None:
    for child in group.children:
        box = drawing.boxes[child.id]
        if isinstance(child, Node):
            _node(root, child, box, parent, around)
            continue
        drawn = look(drawing.graph.theme, child.style)
        if drawn is None:
            _children(root, drawing, child, parent, around)
            continue
        line = drawn.line[0] if drawn.line else "none"
        fill = drawn.fill[0] if drawn.fill else "none"
        dashed = f"dashed=1;dashPattern={drawn.dash};" if drawn.dash else ""
        look_ = (
            f"container=1;collapsible=0;html=0;whiteSpace=wrap;verticalAlign=top;align=left;spacingLeft=8;spacingTop=2;fontStyle=1;"
            f"fontSize=12;fontColor={style.TEXT[0]};fillColor={fill};strokeColor={line};{dashed}"
        )
        _vertex(root, child.id, child.label, look_, box, parent, around)
        _children(root, drawing, child, child.id, box)


def _node(root: ET.Element, node: Node, box: Rect, parent: str, around: Rect) -> None:
    frame = Rect(box.x + (box.width - ICON) / 2, box.y, ICON, ICON)
    below = "verticalLabelPosition=bottom;verticalAlign=top;html=0;fontSize=12;"
    color = style.PLANNED[0] if node.planned else style.TEXT[0]
    if node.icon.image and icons.usable(node.icon.image):
        # draw.io separates styles by semicolons, and accepts data URIs without ";base64".
        picture = icons.data_uri(node.icon.image).replace(";base64", "")
        look_ = f"shape=image;{below}fontColor={color};image={picture};"
    else:
        fill = style.CATEGORIES.get(node.icon.category, style.CATEGORIES["general"])
        look_ = f"rounded=1;arcSize=8;{below}fontColor={color};fillColor={fill};strokeColor=none;"
    look_ += "opacity=50;" if node.planned or node.change == "removed" else ""
    _vertex(root, node.id, "\n".join(part for part in (node.signed, node.note) if part), look_, frame, parent, around)


def _vertex(root: ET.Element, id_: str, value: str, look_: str, box: Rect, parent: str, around: Rect) -> None:
    cell = ET.SubElement(
        root, "mxCell", {"id": id_, "value": xml_characters(value), "style": look_, "vertex": "1", "parent": parent}
    )
    place = {"x": _n(box.x - around.x), "y": _n(box.y - around.y), "width": _n(box.width), "height": _n(box.height)}
    ET.SubElement(cell, "mxGeometry", {**place, "as": "geometry"})


def _edge(root: ET.Element, drawing: Drawing, edge: Edge) -> None:
    mark = style.CHANGES.get(edge.mark)
    color = mark.line[0] if mark else style.PLANNED[0] if edge.planned else style.EDGE[0]
    look_ = f"edgeStyle=orthogonalEdgeStyle;rounded=0;html=0;fontSize=11;fontColor={style.NOTE[0]};strokeColor={color};endArrow=block;"
    look_ += "startArrow=block;" if edge.both else ""
    look_ += "dashed=1;" if edge.dashed or edge.planned or edge.mark in ("removed", "leaving") else ""
    ends = {"source": edge.tail, "target": edge.head}
    cell = ET.SubElement(
        root,
        "mxCell",
        {"id": edge.id, "value": xml_characters(edge.label), "style": look_, "edge": "1", "parent": _ROOT, **ends},
    )
    geometry = ET.SubElement(cell, "mxGeometry", {"relative": "1", "as": "geometry"})
    corners = drawing.routes[edge.id][1:-1] if edge.id in drawing.routes else ()
    if corners:
        points = ET.SubElement(geometry, "Array", {"as": "points"})
        for x, y in corners:
            ET.SubElement(points, "mxPoint", {"x": _n(x), "y": _n(y)})
