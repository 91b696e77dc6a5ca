"""Writes a drawing as a draw.io file, in which boxes, icons and arrows can be moved. Groups contain their members; ids are kept."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from archgen.draw import icons, style
from archgen.draw.bundles import Bundle, bundles, common_labels
from archgen.draw.drawing import MARGIN, Drawing
from archgen.draw.graph import SIGNS, Edge, Group, Node
from archgen.draw.joints import joints
from archgen.draw.labels import ways_from_hub
from archgen.draw.legend import ROW, LegendMark, in_words, legend
from archgen.draw.measure import ICON, Rect
from archgen.draw.style import look
from archgen.draw.tips import DOT
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
    common = common_labels(graph)
    for edge in graph.edges:
        _edge(root, drawing, edge, shares_label=edge.id in common and edge.id not in drawing.labels)
    for bundle in bundles(graph):
        _bundle(root, drawing, bundle)
    if words := in_words(graph, _look, drawing.labels):
        text = f"text;html=0;align=left;verticalAlign=middle;whiteSpace=wrap;fontSize=11;fontColor={style.NOTE[0]};"
        entries = legend(graph, drawing.labels, drawing.width - MARGIN, drawing.height - MARGIN / 2)
        top = entries[0].y - ROW / 2
        box = Rect(MARGIN, top, drawing.width - 2 * MARGIN, drawing.height - top - MARGIN / 2)
        _vertex(root, "ag.legend", words, text, box, _ROOT, Rect(0, 0, 0, 0))
    ET.indent(file, " ")
    return ET.tostring(file, encoding="unicode") + "\n"


def _look(mark: LegendMark) -> str:
    """How a mark looks in draw.io."""
    if mark.joint:
        return "a dot on a line"
    if mark.change:
        return SIGNS[mark.change]
    if mark.edge and mark.edge.meaning:
        return style.MEANINGS[mark.edge.meaning].words
    looks = {"planned": "pale", "context": "pale", "both": "arrow with two heads", "count": "number"}
    return {**looks, "closed": "box with three dots"}[mark.name]


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
        _vertex(root, child.id, child.signed, look_, box, parent, around)
        _children(root, drawing, child, child.id, box)


def _node(root: ET.Element, node: Node, box: Rect, parent: str, around: Rect) -> None:
    frame = Rect(box.x + (box.width - ICON) / 2, box.y, ICON, ICON)
    below = "verticalLabelPosition=bottom;verticalAlign=top;html=0;fontSize=12;"
    color = (style.PLANNED if node.planned else style.NOTE if node.context else style.TEXT)[0]
    if node.icon.image and icons.usable(node.icon.image):
        # draw.io separates styles by semicolons, and accepts data URIs without ";base64".
        picture = icons.data_uri(node.icon.image).replace(";base64", "")
        look_ = f"shape=image;{below}fontColor={color};image={picture};"
    else:
        fill = style.CATEGORIES.get(node.icon.category, style.CATEGORIES["general"])
        look_ = f"rounded=1;arcSize=8;{below}fontColor={color};fillColor={fill};strokeColor=none;"
    look_ += "opacity=50;" if node.pale else ""
    _vertex(root, node.id, "\n".join(part for part in (node.signed, node.note) if part), look_, frame, parent, around)


def _vertex(root: ET.Element, id_: str, value: str, look_: str, box: Rect, parent: str, around: Rect) -> None:
    cell = ET.SubElement(
        root, "mxCell", {"id": id_, "value": xml_characters(value), "style": look_, "vertex": "1", "parent": parent}
    )
    place = {"x": _n(box.x - around.x), "y": _n(box.y - around.y), "width": _n(box.width), "height": _n(box.height)}
    ET.SubElement(cell, "mxGeometry", {**place, "as": "geometry"})


def _edge(root: ET.Element, drawing: Drawing, edge: Edge, *, shares_label: bool) -> None:
    mark = style.CHANGES.get(edge.mark)
    color = mark.line[0] if mark else style.PLANNED[0] if edge.planned else style.EDGE[0]
    look_ = f"edgeStyle=orthogonalEdgeStyle;rounded=0;html=0;fontSize=11;fontColor={style.NOTE[0]};strokeColor={color};endArrow=block;"
    look_ += "startArrow=block;" if edge.both else ""
    if dash := style.dash_of(edge):
        look_ += f"dashed=1;dashPattern={dash};"
    ends = {"source": edge.tail, "target": edge.head}
    value = xml_characters(edge.label)
    if edge.label and shares_label:
        # The label is written once for the bundle; the edge keeps it as a tooltip.
        object_ = ET.SubElement(root, "UserObject", {"id": edge.id, "label": "", "tooltip": value})
        cell = ET.SubElement(object_, "mxCell", {"style": look_, "edge": "1", "parent": _ROOT, **ends})
    else:
        cell = ET.SubElement(
            root, "mxCell", {"id": edge.id, "value": value, "style": look_, "edge": "1", "parent": _ROOT, **ends}
        )
    geometry = ET.SubElement(cell, "mxGeometry", {"relative": "1", "as": "geometry"})
    corners = drawing.routes[edge.id][1:-1] if edge.id in drawing.routes else ()
    if corners:
        points = ET.SubElement(geometry, "Array", {"as": "points"})
        for x, y in corners:
            ET.SubElement(points, "mxPoint", {"x": _n(x), "y": _n(y)})


def _bundle(root: ET.Element, drawing: Drawing, bundle: Bundle) -> None:
    """The label of a bundle, and a dot at each point where its edges join."""
    if bundle.id not in drawing.labels:
        return
    page = Rect(0, 0, 0, 0)
    text = f"text;html=0;align=center;verticalAlign=middle;fontSize=11;fontColor={style.NOTE[0]};"
    _vertex(root, bundle.id, bundle.text, text, drawing.labels[bundle.id], _ROOT, page)
    mark, planned = style.CHANGES.get(bundle.edges[0].mark), bundle.edges[0].planned
    color = mark.line[0] if mark else style.PLANNED[0] if planned else style.EDGE[0]
    for n, (x, y) in enumerate(joints(ways_from_hub(bundle, drawing.routes)), 1):
        dot = Rect(x - DOT, y - DOT, 2 * DOT, 2 * DOT)
        _vertex(root, f"{bundle.id}.{n}", "", f"ellipse;fillColor={color};strokeColor=none;", dot, _ROOT, page)
