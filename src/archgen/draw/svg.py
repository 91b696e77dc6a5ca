"""Drawing in, SVG text out: self-contained, made only of elements and attributes written here, every text escaped.

Text is escaped for Markdown, whose references XML understands too: inside a tab a page reads the text of an inline picture as
Markdown. Colours stand in presentation attributes, which are the light scheme; `class`es let the page's style sheet recolour them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archgen.draw import icons, style
from archgen.draw.drawing import Drawing
from archgen.draw.legend import entries
from archgen.draw.measure import (
    BADGE,
    EDGE,
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
from archgen.draw.routes import Route
from archgen.draw.style import look
from archgen.escape import Safe, picture
from archgen.escape import svg_text as escape
from archgen.graph import SIGNS, Change, Edge, Group, Icon, Node

# Metric-compatible with each other, so that text keeps its measured width.
FAMILY = "Arial, 'Liberation Sans', Helvetica, sans-serif"

Link = Callable[[str], str]


def svg(drawing: Drawing, link: Link | None = None, prefix: str = "") -> Safe:
    """The drawing as SVG, ending in a newline.

    `link` turns the id of a page into an address; without it nothing is linked. `prefix` goes before every id, so that
    several pictures can share a page.
    """
    own = f"{drawing.graph.name}-{drawing.graph.theme}-"
    return picture("\n".join(_Writer(drawing, link, prefix or own).lines()) + "\n")


class _Writer:
    def __init__(self, drawing: Drawing, link: Link | None, prefix: str) -> None:
        self.drawing = drawing
        self.graph = drawing.graph
        self.nodes = list(drawing.graph.nodes().values())
        self.groups = list(drawing.graph.groups().values())
        self.around: dict[str, list[str]] = {}  # the groups that each node is in
        for group in self.groups:
            for node in group.nodes():
                self.around.setdefault(node.id, []).append(group.id)
        self.link = link
        self.prefix = prefix

    def lines(self) -> Iterator[str]:
        d, p = self.drawing, self.prefix
        # A group, not an image: an image would hide its links from screen readers.
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="ag ag-{self.graph.theme}" '
            f'data-prefix="{p}" '
            f'viewBox="0 0 {_n(d.width)} {_n(d.height)}" width="{_n(d.width)}" height="{_n(d.height)}" role="group" '
            f'aria-labelledby="{p}title {p}desc" font-family="{FAMILY}">'
        )
        yield f'<title id="{p}title">{escape(self.graph.title)}</title>'
        yield f'<desc id="{p}desc">{escape(self.graph.description)}</desc>'
        yield from self._definitions()
        for group in self.groups:
            yield from self._group(group)
        for edge in self.graph.edges:
            yield from self._edge(edge)
        for node in self.nodes:
            yield from self._node(node)
        yield from self._legend()
        yield "</svg>"

    # -- definitions ---------------------------------------------------------------------------------

    def _definitions(self) -> Iterator[str]:
        used = {node.icon.image for node in self.nodes if node.icon.image and icons.usable(node.icon.image)}
        for group in self.groups:
            drawn = look(self.graph.theme, group.style)
            if drawn and drawn.icon:
                used.add(drawn.icon)
        yield "<defs>"
        for image in sorted(used):
            yield f'<symbol id="{self._icon_id(image)}" viewBox="0 0 {ICON} {ICON}">'
            yield f'<image width="{ICON}" height="{ICON}" xlink:href="{icons.data_uri(image)}"/></symbol>'
        tips = {"edge": style.EDGE[0], "planned": style.PLANNED[0]}
        tips |= {change: style.CHANGES[change].line[0] for change in self.graph.changes()}
        for scheme, colour in tips.items():
            yield (
                f'<marker id="{self.prefix}arrow-{scheme}" class="ag-arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" '
                f'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto-start-reverse">'
                f'<path class="ag-tip ag-tip-{scheme}" d="M0 0.8 L8 4 L0 7.2 z" fill="{colour}"/></marker>'
            )
        yield "</defs>"

    def _icon_id(self, image: str) -> str:
        return f"{self.prefix}icon-{image.replace('.', '-').lower()}"

    # -- groups --------------------------------------------------------------------------------------

    def _group(self, group: Group) -> Iterator[str]:
        drawn = look(self.graph.theme, group.style)
        if drawn is None:
            return
        box = self.drawing.boxes[group.id]
        line = f'stroke="{drawn.line[0]}" stroke-width="{_n(drawn.width)}"' if drawn.line else 'stroke="none"'
        dash = f' stroke-dasharray="{drawn.dash}"' if drawn.dash else ""
        fill = drawn.fill[0] if drawn.fill else "none"
        yield f'<g id="{self.prefix}{group.id}" class="ag-group ag-{group.style}">'
        yield f'<rect class="ag-box" {_rect(box)} fill="{fill}" {line}{dash}/>'
        if group.label:
            title = self.drawing.titles[group.id]
            x = title.x
            if drawn.icon:
                yield _use(self._icon_id(drawn.icon), x, title.y, TITLE_ICON)
                x += TITLE_ICON + 6
            yield _text(group.label, x, title.y + TITLE_ICON - 5, TITLE, style.TEXT[0], "ag-title", bold=True)
        yield "</g>"

    # -- edges ---------------------------------------------------------------------------------------

    def _edge(self, edge: Edge) -> Iterator[str]:
        route = self.drawing.routes.get(edge.id)
        if route is None:
            return
        planned = f" ag-{edge.change}" if edge.change else " ag-planned" if edge.planned else ""
        dash = ' stroke-dasharray="5 4"' if edge.dashed or edge.planned else ""
        colour, width = style.PLANNED[0] if edge.planned else style.EDGE[0], 1.25
        if edge.change:
            mark = style.CHANGES[edge.change]
            colour, width = mark.line[0], mark.width
            dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        marker = f"url(#{self.prefix}arrow-{edge.change or ('planned' if edge.planned else 'edge')})"
        start = f' marker-start="{marker}"' if edge.both else ""
        yield f'<g id="{self.prefix}{edge.id}" class="ag-edge{planned}" data-tail="{edge.tail}" data-head="{edge.head}">'
        yield (
            f'<path class="ag-line" d="{_path(route)}" fill="none" stroke="{colour}" stroke-width="{_n(width)}"{dash}'
            f'{start} marker-end="{marker}"/>'
        )
        if label := self.drawing.labels.get(edge.id):
            yield _text(
                edge.label, label.x, label.y + label.height - 3, EDGE, style.NOTE[0], "ag-edge-label", halo=True
            )
        yield "</g>"

    # -- nodes ---------------------------------------------------------------------------------------

    def _node(self, node: Node) -> Iterator[str]:
        box = self.drawing.boxes[node.id]
        planned = f" ag-{node.change}" if node.change else " ag-planned" if node.planned else ""
        href = self.link(node.page) if self.link and node.page else None
        if href:
            name = ", ".join(
                part for part in (node.label, node.note, node.change or ("planned" if node.planned else "")) if part
            )
            # xlink:href, since a plain href breaks instant navigation of both site builders.
            yield f'<a xlink:href="{href}" role="link" aria-label="{escape(name)}">'
        inside = f' data-in="{" ".join(self.around[node.id])}"' if node.id in self.around else ""
        yield f'<g id="{self.prefix}{node.id}" class="ag-node{planned}"{inside}>'
        # An invisible area makes the whole node, not just its ink, a target for the pointer.
        yield f'<rect class="ag-hit" {_rect(box)} fill="#ffffff" fill-opacity="0"/>'
        yield from self._picture(node.icon, box, planned=node.planned, faded=node.planned or node.change == "removed")
        if node.change:
            yield from self._marked(node.change, box)
        colour = style.PLANNED[0] if node.planned else style.TEXT[0]
        label, note = node_lines(node)
        y = box.y + ICON + ICON_GAP + LABEL - 1
        for line in label:
            yield _centred(line, box, y, LABEL, colour, "ag-label")
            y += LINE
        for line in note:
            yield _centred(line, box, y, NOTE, style.PLANNED[0] if node.planned else style.NOTE[0], "ag-note")
            y += LINE
        yield "</g>"
        if href:
            yield "</a>"

    def _marked(self, change: Change, box: Rect) -> Iterator[str]:
        """An outline and a badge around the icon of something that is not the same."""
        mark = style.CHANGES[change]
        x = box.x + (box.width - ICON) / 2
        dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        outline = Rect(x - 3, box.y - 3, ICON + 6, ICON + 5)
        yield f'<rect class="ag-mark" {_rect(outline)} rx="5" fill="none" stroke="{mark.line[0]}" stroke-width="{_n(mark.width)}"{dash}/>'
        yield from _badge(change, x + ICON, box.y)

    def _legend(self) -> Iterator[str]:
        y = self.drawing.height - style.LEGEND / 2
        for entry in entries(self.graph):
            yield f'<g class="ag-{entry.change}">'
            yield from _badge(entry.change, entry.badge, y)
            yield _text(entry.change, entry.text, y + 4, NOTE, style.NOTE[0], "ag-note")
            yield "</g>"

    def _picture(self, icon: Icon, box: Rect, *, planned: bool, faded: bool) -> Iterator[str]:
        x = box.x + (box.width - ICON) / 2
        frame = Rect(x, box.y, ICON, ICON)
        opacity = ' opacity="0.5"' if faded else ""
        if icon.image and icons.usable(icon.image):
            yield f'<rect class="ag-tile" {_rect(frame)} rx="4" fill="none"/>'
            yield f"<g{opacity}>{_use(self._icon_id(icon.image), x, box.y, ICON)}</g>"
        else:
            size = min(20.0, 40 / max(text_width(icon.tile, 1, "bold"), 0.1))
            colour = style.CATEGORIES.get(icon.category, style.CATEGORIES["general"])
            yield f'<g{opacity}><rect {_rect(Rect(x + 2, box.y + 2, ICON - 4, ICON - 4))} rx="4" fill="{colour}"/>'
            width = text_width(icon.tile, size, "bold")
            yield (
                _text(
                    icon.tile,
                    x + (ICON - width) / 2,
                    box.y + ICON / 2 + size * 0.36,
                    size,
                    "#ffffff",
                    "ag-letters",
                    bold=True,
                )
                + "</g>"
            )
        if planned:
            outline = Rect(x - 3, box.y - 3, ICON + 6, ICON + 5)
            yield f'<rect class="ag-outline" {_rect(outline)} rx="5" fill="none" stroke="{style.PLANNED[0]}" stroke-dasharray="4 3"/>'


def _badge(change: Change, x: float, y: float) -> Iterator[str]:
    """A badge around a point: its shape says the same as its sign and its colour."""
    mark, half = style.CHANGES[change], BADGE
    paint = f'class="ag-badge" fill="{mark.line[0]}" stroke="{style.PAGE[0]}" stroke-width="1.5"'
    if mark.shape == "diamond":
        corners = ((x, y - half - 2), (x + half + 2, y), (x, y + half + 2), (x - half - 2, y))
        yield f'<path {paint} d="M{" L".join(f"{_n(a)} {_n(b)}" for a, b in corners)} z"/>'
    else:
        rounded = half if mark.shape == "circle" else 0
        yield f'<rect {paint} {_rect(Rect(x - half, y - half, 2 * half, 2 * half))} rx="{rounded}"/>'
    width = text_width(SIGNS[change], 13, "bold")
    yield _text(SIGNS[change], x - width / 2, y + 4.5, 13, style.PAGE[0], "ag-sign", bold=True)


def _n(value: float) -> str:
    """A number with at most one decimal, and never a negative zero."""
    text = f"{value:.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def _rect(box: Rect) -> str:
    return f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'


def _use(id_: str, x: float, y: float, size: float) -> str:
    return f'<use xlink:href="#{id_}" x="{_n(x)}" y="{_n(y)}" width="{_n(size)}" height="{_n(size)}"/>'


def _text(
    text: str, x: float, y: float, size: float, colour: str, class_: str, *, bold: bool = False, halo: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    # A halo in the page's colour keeps a label readable where a line passes under it.
    around = f' stroke="{style.PAGE[0]}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    return (
        f'<text class="{class_}" x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{colour}"{weight}{around}>'
        f"{escape(text)}</text>"
    )


def _centred(text: str, box: Rect, y: float, size: float, colour: str, class_: str) -> str:
    return _text(text, box.x + (box.width - text_width(text, size)) / 2, y, size, colour, class_)


def _path(route: Route) -> str:
    points = [f"{_n(x)} {_n(y)}" for x, y in route]
    return "M" + " L".join(points)
