"""Drawing in, PDF bytes out: lines and text stay lines and text, in the fonts of the package. No browser, no system library."""

from __future__ import annotations

import io
import math
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from archgen.draw import icons, style
from archgen.draw.drawing import Drawing
from archgen.draw.legend import entries
from archgen.draw.measure import (
    BADGE,
    EDGE,
    FONTS,
    ICON,
    ICON_GAP,
    LABEL,
    LINE,
    NOTE,
    TITLE,
    TITLE_ICON,
    Rect,
    node_lines,
    text_width,
)
from archgen.draw.style import look
from archgen.graph import SIGNS, Change, Edge, Group, Icon, Node

TIP = 7  # length of an arrow's tip
_SCALE = 0.75  # points to a CSS pixel


def pdf(drawing: Drawing) -> bytes:
    """One page of the drawing's size, the same bytes for the same drawing."""
    buffer = io.BytesIO()
    size = (drawing.width * _SCALE, drawing.height * _SCALE)
    canvas = Canvas(buffer, pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(drawing.graph.title)
    canvas.setSubject(drawing.graph.description)
    canvas.setCreator("archgen")
    for face, file in FONTS.items():
        pdfmetrics.registerFont(TTFont(face, str(file)))
    # From here on y grows downwards, as in the drawing; text and images turn themselves back.
    canvas.scale(_SCALE, -_SCALE)
    canvas.translate(0, -drawing.height)
    _Painter(canvas, drawing).paint()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Painter:
    def __init__(self, canvas: Any, drawing: Drawing) -> None:
        self.canvas = canvas
        self.drawing = drawing
        self.alpha = 1.0  # of fills and pictures

    def paint(self) -> None:
        graph = self.drawing.graph
        for group in graph.groups().values():
            self._group(group)
        for edge in graph.edges:
            self._edge(edge)
        for node in graph.nodes().values():
            self._node(node)
        y = self.drawing.height - style.LEGEND / 2
        for entry in entries(graph):
            self._badge(entry.change, entry.badge, y)
            self._text(entry.change, entry.text, y + 4, NOTE, style.NOTE[0])

    def _group(self, group: Group) -> None:
        drawn = look(self.drawing.graph.theme, group.style)
        if drawn is None:
            return
        dash = [float(n) for n in drawn.dash.split()] if drawn.dash else []
        line, fill = (drawn.line or (None,))[0], (drawn.fill or (None,))[0]
        self._box(self.drawing.boxes[group.id], line, fill, drawn.width, dash)
        if group.label:
            title = self.drawing.titles[group.id]
            x = title.x
            if drawn.icon:
                self._image(drawn.icon, Rect(x, title.y, TITLE_ICON, TITLE_ICON))
                x += TITLE_ICON + 6
            self._text(group.label, x, title.y + TITLE_ICON - 5, TITLE, style.TEXT[0], "bold")

    def _edge(self, edge: Edge) -> None:
        route = self.drawing.routes.get(edge.id)
        if route is None or len(route) < 2:
            return
        mark = style.CHANGES.get(edge.change)
        colour = mark.line[0] if mark else style.PLANNED[0] if edge.planned else style.EDGE[0]
        dash = [float(n) for n in mark.dash.split()] if mark else [5, 4] if edge.dashed or edge.planned else []
        c = self.canvas
        c.setStrokeColor(HexColor(colour))
        c.setFillColor(HexColor(colour))
        c.setLineWidth(mark.width if mark else 1.25)
        c.setDash(dash)
        path = c.beginPath()
        path.moveTo(*route[0])
        for point in route[1:]:
            path.lineTo(*point)
        c.drawPath(path)
        c.setDash([])
        self._tip(route[-2], route[-1])
        if edge.both:
            self._tip(route[1], route[0])
        if label := self.drawing.labels.get(edge.id):
            self._box(label, None, style.PAGE[0], 0, [])
            self._text(edge.label, label.x, label.y + label.height - 3, EDGE, style.NOTE[0])

    def _tip(self, before: tuple[float, float], end: tuple[float, float]) -> None:
        angle = math.atan2(end[1] - before[1], end[0] - before[0])
        path = self.canvas.beginPath()
        path.moveTo(*end)
        for turn in (math.pi - 0.4, math.pi + 0.4):
            path.lineTo(end[0] + TIP * math.cos(angle + turn), end[1] + TIP * math.sin(angle + turn))
        path.close()
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _node(self, node: Node) -> None:
        box = self.drawing.boxes[node.id]
        frame = Rect(box.x + (box.width - ICON) / 2, box.y, ICON, ICON)
        self.alpha = 0.5 if node.planned or node.change == "removed" else 1.0
        self._picture(node.icon, frame)
        self.alpha = 1.0
        if node.planned:
            outline = Rect(frame.x - 3, frame.y - 3, ICON + 6, ICON + 5)
            self._box(outline, style.PLANNED[0], None, 1, [4, 3])
        if node.change:
            mark = style.CHANGES[node.change]
            outline = Rect(frame.x - 3, frame.y - 3, ICON + 6, ICON + 5)
            self._box(outline, mark.line[0], None, mark.width, [float(n) for n in mark.dash.split()])
            self._badge(node.change, frame.right, frame.y)
        label, note = node_lines(node)
        y = box.y + ICON + ICON_GAP + LABEL - 1
        for lines, size, colour in ((label, LABEL, style.TEXT[0]), (note, NOTE, style.NOTE[0])):
            for line in lines:
                x = box.x + (box.width - text_width(line, size)) / 2
                self._text(line, x, y, size, style.PLANNED[0] if node.planned else colour)
                y += LINE

    def _badge(self, change: Change, x: float, y: float) -> None:
        mark, c = style.CHANGES[change], self.canvas
        c.setFillColor(HexColor(mark.line[0]))
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
        self._text(SIGNS[change], x - text_width(SIGNS[change], 13, "bold") / 2, y + 4.5, 13, style.PAGE[0], "bold")

    def _picture(self, icon: Icon, frame: Rect) -> None:
        if icon.image and icons.usable(icon.image):
            self._image(icon.image, frame)
            return
        fill = style.CATEGORIES.get(icon.category, style.CATEGORIES["general"])
        self._box(Rect(frame.x + 2, frame.y + 2, ICON - 4, ICON - 4), None, fill, 0, [])
        size = 20 if len(icon.tile) <= 2 else 15 if len(icon.tile) <= 4 else 13
        x = frame.x + (ICON - text_width(icon.tile, size, "bold")) / 2
        self._text(icon.tile, x, frame.y + ICON / 2 + size * 0.36, size, "#ffffff", "bold")

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

    def _text(self, text: str, x: float, y: float, size: float, colour: str, face: str = "regular") -> None:
        c = self.canvas
        c.saveState()
        c.translate(x, y)
        c.scale(1, -1)
        c.setFont(face, size)
        c.setFillColor(HexColor(colour))
        c.drawString(0, 0, text)
        c.restoreState()

    def _image(self, icon: str, frame: Rect) -> None:
        c = self.canvas
        c.saveState()
        c.setFillAlpha(self.alpha)
        c.translate(frame.x, frame.bottom)
        c.scale(1, -1)
        c.drawImage(ImageReader(io.BytesIO(icons.png_of(icon))), 0, 0, frame.width, frame.height, mask="auto")
        c.restoreState()
