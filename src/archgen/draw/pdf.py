"""Writes a drawing as a vector PDF with the built-in fonts. Needs neither a browser nor system libraries."""

from __future__ import annotations

import io
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archgen.draw import icons, style
from archgen.draw.bundles import Bundle, bundles
from archgen.draw.drawing import MARGIN, Drawing
from archgen.draw.fonts import BUILT_IN, built_in_has
from archgen.draw.graph import SIGNS, Change, Edge, Group, Node
from archgen.draw.ground import grounds
from archgen.draw.joints import joints
from archgen.draw.labels import ways_from_hub
from archgen.draw.legend import LegendEntry, legend
from archgen.draw.measure import (
    BADGE,
    EDGE,
    ICON,
    ICON_GAP,
    LABEL,
    LINE,
    NOTE,
    TITLE,
    TITLE_HEIGHT,
    TITLE_ICON,
    Rect,
    bundle_label,
    edge_label,
    group_title,
    node_lines,
    text_width,
    tile_size,
    using,
)
from archgen.draw.png import png
from archgen.draw.routes import Route
from archgen.draw.style import Scheme, look
from archgen.draw.svg import written
from archgen.draw.tips import DOT, Triangle, arrow, dots

DENSITY = 6  # image pixels for each CSS pixel, for text that is embedded as an image
_SCALE = 0.75  # points in a CSS pixel


def pdf(drawing: Drawing, scheme: Scheme = "light") -> bytes:
    """A PDF with one page of the drawing's size; the same drawing gives the same bytes."""
    buffer = io.BytesIO()
    size = (drawing.width * _SCALE, drawing.height * _SCALE)
    canvas = Canvas(buffer, pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(drawing.graph.title)
    canvas.setSubject(drawing.graph.description)
    canvas.setCreator("archgen")
    for face, file in BUILT_IN.items():
        pdfmetrics.registerFont(TTFont(face, str(file)))
    # From here on y grows downwards, as in the drawing; text and images are flipped back when they are drawn.
    canvas.scale(_SCALE, -_SCALE)
    canvas.translate(0, -drawing.height)
    with using(drawing.fonts):
        _Painter(canvas, drawing, scheme).paint()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Painter:
    def __init__(self, canvas: Any, drawing: Drawing, scheme: Scheme) -> None:
        self.canvas = canvas
        self.drawing = drawing
        self.name_of_scheme = scheme
        self.scheme = style.SCHEMES[scheme]  # an index into pairs of colors
        self.grounds = grounds(drawing)
        self.enters = {edge.id: bundle.enters for bundle in bundles(drawing.graph) for edge in bundle.edges}
        self.alpha = 1.0  # of fills and pictures

    def paint(self) -> None:
        graph = self.drawing.graph
        self._box(Rect(0, 0, self.drawing.width, self.drawing.height), None, self._of(style.PAGE), 0, [])
        for group in graph.groups().values():
            self._group(group)
        for edge in sorted(graph.edges, key=lambda edge: edge.id in self.grounds):
            self._edge(edge)
        for bundle in bundles(graph):
            self._bundle(bundle)
        for node in graph.nodes().values():
            self._node(node)
        d = self.drawing
        for entry in legend(graph, d.labels, d.width - MARGIN, d.height - MARGIN / 2):
            self._sample(entry)
            self._text(entry.mark.text, entry.text_x, entry.y + 4, NOTE, self._of(style.NOTE))

    def _sample(self, entry: LegendEntry) -> None:
        mark, box = entry.mark, entry.box
        middle = box.x + box.width / 2
        if mark.box == "badge":
            self._badge(mark.change, middle, entry.y)
        elif mark.box == "frame":
            self._box(box, self._of(style.PLANNED), None, 1, [4, 3])
        elif mark.box == "closed":
            self._box(box, self._of(style.EDGE), None, 1, [])
            self._dots(middle, entry.y)
        elif mark.box == "context":
            self.alpha = style.FADED
            self._box(box, None, style.CATEGORIES["general"], 0, [])
            self.alpha = 1.0
        elif mark.box == "count":
            self._box(box, None, style.CATEGORIES["general"], 0, [])
            self._centered("n", middle, entry.y + 4, NOTE, "#ffffff", "bold")
        if mark.edge:
            self._line(mark.edge, entry.line)
        if mark.edge and mark.joint:
            self._stroke(entry.joining, mark.edge)
            self.canvas.circle(*entry.joining[-1], DOT, stroke=0, fill=1)

    def _dots(self, x: float, y: float) -> None:
        """The dots of a closed box."""
        self.canvas.setFillColor(HexColor(self._of(style.NOTE)))
        for point in dots(x, y):
            self.canvas.circle(*point, DOT, stroke=0, fill=1)

    def _of(self, colors: tuple[str, str]) -> str:
        return colors[self.scheme]

    def _group(self, group: Group) -> None:
        drawn = look(self.drawing.graph.theme, group.style)
        if drawn is None:
            return
        dash = [float(n) for n in drawn.dash.split()] if drawn.dash else []
        line, fill = (self._of(colors) if colors else None for colors in (drawn.line, drawn.fill))
        self._box(self.drawing.boxes[group.id], line, fill, drawn.width, dash)
        if group.closed:
            box = self.drawing.boxes[group.id]
            self._dots(box.x + box.width / 2, box.y + (box.height + TITLE_HEIGHT) / 2)
        if group.label:
            title = self.drawing.titles[group.id]
            x = title.x
            if drawn.icon:
                self._image(drawn.icon, Rect(x, title.y, TITLE_ICON, TITLE_ICON))
                x += TITLE_ICON + 6
            self._text(group_title(group), x, title.y + TITLE_ICON - 5, TITLE, self._of(style.TEXT), "bold")

    def _edge(self, edge: Edge) -> None:
        route = self.drawing.routes.get(edge.id)
        if route is None or len(route) < 2:
            return
        self._line(edge, route)
        if label := self.drawing.labels.get(edge.id):
            self._edge_label(edge.id, edge_label(edge), label)

    def _line(self, edge: Edge, route: Route) -> None:
        """The line of an edge with its arrowheads."""
        line, tips = arrow(route, both=edge.both)
        if self.enters.get(edge.id):
            line = line[::-1]  # so that the dashes of all lines of a bundle begin at its hub
        self._stroke(line, edge)
        self.canvas.setFillColor(HexColor(self._color(edge)))
        for tip in tips:
            self._tip(tip)

    def _stroke(self, line: Route, edge: Edge) -> None:
        c = self.canvas
        c.setStrokeColor(HexColor(self._color(edge)))
        c.setLineWidth(style.width_of(edge))
        c.setDash([float(n) for n in style.dash_of(edge).split()])
        path = c.beginPath()
        path.moveTo(*line[0])
        for point in line[1:]:
            path.lineTo(*point)
        c.drawPath(path)
        c.setDash([])

    def _bundle(self, bundle: Bundle) -> None:
        if bundle.id not in self.drawing.labels:
            return
        self.canvas.setFillColor(HexColor(self._color(bundle.edges[0])))
        for x, y in joints(ways_from_hub(bundle, self.drawing.routes)):
            self.canvas.circle(x, y, DOT, stroke=0, fill=1)
        self._edge_label(bundle.id, bundle_label(bundle), self.drawing.labels[bundle.id])

    def _edge_label(self, id_: str, text: str, label: Rect) -> None:
        if id_ in self.grounds:
            self._ground(label, self.grounds[id_])
        middle = label.x + label.width / 2
        self._centered(text, middle, label.y + label.height - 3, EDGE, self._of(style.NOTE))

    def _color(self, edge: Edge) -> str:
        mark = style.CHANGES.get(edge.mark)
        return self._of(mark.line if mark else style.PLANNED if edge.planned else style.EDGE)

    def _tip(self, tip: Triangle) -> None:
        path = self.canvas.beginPath()
        path.moveTo(*tip[0])
        for point in tip[1:]:
            path.lineTo(*point)
        path.close()
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _ground(self, label: Rect, group_style: str) -> None:
        drawn = look(self.drawing.graph.theme, group_style) if group_style else None
        self.alpha = style.UNDER
        self._box(label, None, self._of(drawn.fill if drawn and drawn.fill else style.PAGE), 0, [])
        self.alpha = 1.0

    def _node(self, node: Node) -> None:
        box = self.drawing.boxes[node.id]
        frame = Rect(box.x + (box.width - ICON) / 2, box.y, ICON, ICON)
        self.alpha = style.FADED if node.pale else 1.0
        self._picture(node, frame)
        self.alpha = 1.0
        if node.planned:
            outline = Rect(frame.x - 3, frame.y - 3, ICON + 6, ICON + 5)
            self._box(outline, self._of(style.PLANNED), None, 1, [4, 3])
        if node.mark:
            mark = style.CHANGES[node.mark]
            outline = Rect(frame.x - 3, frame.y - 3, ICON + 6, ICON + 5)
            self._box(outline, self._of(mark.line), None, mark.width, [float(n) for n in mark.dash.split()])
            self._badge(node.mark, frame.right, frame.y)
        label, note = node_lines(node)
        middle, y = box.x + box.width / 2, box.y + ICON + ICON_GAP + LABEL - 1
        for lines, size, colors in ((label, LABEL, style.TEXT), (note, NOTE, style.NOTE)):
            for line in lines:
                paint = style.PLANNED if node.planned else style.NOTE if node.context else colors
                self._centered(line, middle, y, size, self._of(paint))
                y += LINE

    def _badge(self, change: Change, x: float, y: float) -> None:
        mark, c = style.CHANGES[change], self.canvas
        c.setFillColor(HexColor(self._of(mark.line)))
        if mark.shape == "circle":
            c.circle(x, y, BADGE, stroke=0, fill=1)
        elif mark.shape == "square":
            c.rect(x - BADGE, y - BADGE, 2 * BADGE, 2 * BADGE, stroke=0, fill=1)
        else:
            path = c.beginPath()
            path.moveTo(x, y - BADGE - 2)
            for corner in ((x + BADGE + 2, y), (x, y + BADGE + 2), (x - BADGE - 2, y)):
                path.lineTo(*corner)
            path.close()
            c.drawPath(path, stroke=0, fill=1)
        self._centered(SIGNS[change], x, y + 4.5, 13, self._of(style.PAGE), "bold")

    def _picture(self, node: Node, frame: Rect) -> None:
        icon, planned = node.icon, node.planned
        if icon.image and icons.usable(icon.image):
            self._image(icon.image, frame)
            return
        fill = style.CATEGORIES.get(icon.category, style.CATEGORIES["general"])
        tile = Rect(frame.x + 2, frame.y + 2, ICON - 4, ICON - 4)
        if node.context and not planned:
            self.alpha = 1.0
            self._box(tile, self._of(style.EDGE), None, 1, [])
        elif not planned:  # the outline is the tile of what is planned
            self._box(tile, None, fill, 0, [])
        size = tile_size(icon.tile)
        color = self._of(style.PLANNED) if planned else self._of(style.NOTE) if node.context else "#ffffff"
        self._centered(icon.tile, frame.x + ICON / 2, frame.y + ICON / 2 + size * 0.36, size, color, "bold")

    def _box(self, box: Rect, line: str | None, fill: str | None, width: float, dash: list[float]) -> None:
        c = self.canvas
        if line:
            c.setStrokeColor(HexColor(line))
            c.setLineWidth(width)
            c.setDash(dash)
        if fill:
            c.setFillColor(HexColor(fill), alpha=self.alpha)
        if line or fill:
            c.rect(box.x, box.y, box.width, box.height, stroke=int(bool(line)), fill=int(bool(fill)))
        c.setDash([])

    def _centered(self, text: str, x: float, y: float, size: float, color: str, face: str = "regular") -> None:
        self._text(text, x - text_width(text, size, face) / 2, y, size, color, face)

    def _text(self, text: str, x: float, y: float, size: float, color: str, face: str = "regular") -> None:
        c = self.canvas
        if self.drawing.fonts and not all(map(built_in_has, text)):
            self._draw_as_image(text, x, y, size, color, face)
            return
        c.saveState()
        c.translate(x, y)
        c.scale(1, -1)
        c.setFont(face, size)
        c.setFillColor(HexColor(color))
        c.drawString(0, 0, text)
        c.restoreState()

    def _draw_as_image(self, text: str, x: float, y: float, size: float, color: str, face: str) -> None:
        """Draw a line with letters of other fonts as an image, since resvg handles ligatures, right-to-left text and color fonts."""
        width, height, base = text_width(text, size, face) + 2 * size, 2 * size, 1.4 * size
        weight = ' font-weight="bold"' if face == "bold" else ""
        content = written(text, self.drawing.fonts)
        line = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><text x="{width / 2}" y="{base}" '
            f'text-anchor="middle" font-family="Liberation Sans" font-size="{size}" fill="{color}"{weight}>{content}</text></svg>'
        )
        picture = ImageReader(io.BytesIO(png(line, DENSITY, self.drawing.fonts)))
        c = self.canvas
        c.saveState()
        c.translate(x - size, y - base + height)
        c.scale(1, -1)
        c.drawImage(picture, 0, 0, width, height, mask="auto")
        c.restoreState()

    def _image(self, icon: str, frame: Rect) -> None:
        c = self.canvas
        c.saveState()
        c.setFillAlpha(self.alpha)
        c.translate(frame.x, frame.bottom)
        c.scale(1, -1)
        image = ImageReader(io.BytesIO(icons.png_of(icon, scheme=self.name_of_scheme)))
        c.drawImage(image, 0, 0, frame.width, frame.height, mask="auto")
        c.restoreState()
