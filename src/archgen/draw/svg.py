"""Writes a drawing as self-contained SVG. All elements and attributes come from this module, and all text is escaped.

Text is escaped for Markdown, with references that XML understands too, since inside of a tab the text of an inline picture is read as
Markdown. Presentation attributes have the colors of one scheme; a page's style sheet changes them by `class`.

Programs other than browsers support little of SVG. So arrowheads are paths instead of markers, icons are not scaled by `use`, centered
text is anchored at its middle, and labels are kept readable by an area behind them instead of an outline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archgen.draw import icons, style
from archgen.draw.bundles import Bundle, bundles
from archgen.draw.drawing import MARGIN, Drawing, Fonts
from archgen.draw.fonts import runs
from archgen.draw.graph import SIGNS, Change, Edge, Group, Node
from archgen.draw.ground import grounds
from archgen.draw.joints import joints
from archgen.draw.labels import ways_from_hub
from archgen.draw.legend import LegendEntry, LegendMark, legend
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
    is_cut,
    node_lines,
    tile_size,
    using,
)
from archgen.draw.routes import Route
from archgen.draw.style import Scheme, look
from archgen.draw.tips import DOT, Triangle, arrow, dots
from archgen.templating.escape import Safe, picture
from archgen.templating.escape import svg_text as escape

# These are metric-compatible, so text has the measured width in any of them.
FAMILY = "Arial, 'Liberation Sans', Helvetica, sans-serif"

Link = Callable[[str], str]


def svg(
    drawing: Drawing, link: Link | None = None, scheme: Scheme = "light", *, inline: bool = False, painted: bool = False
) -> Safe:
    """The drawing as SVG, ending in a newline.

    `link` returns the address of a page; without it, nodes are not linked. A standalone picture has a background in the color of its
    scheme; an `inline` one has none, since the page has one. `painted` names the project's fonts, for programs that get their files.
    """
    with using(drawing.fonts):
        writer = _Writer(drawing, link, scheme, inline=inline, painted=painted)
        return picture("\n".join(writer.lines()) + "\n")


class _Writer:
    def __init__(self, drawing: Drawing, link: Link | None, scheme: Scheme, *, inline: bool, painted: bool) -> None:
        self.drawing = drawing
        self.graph = drawing.graph
        self.nodes = list(drawing.graph.nodes().values())
        self.groups = list(drawing.graph.groups().values())
        self.around: dict[str, list[str]] = {}  # the groups that each node is in
        for group in self.groups:
            for node in group.nodes():
                self.around.setdefault(node.id, []).append(group.id)
        self.link = link
        self.name_of_scheme = scheme
        self.scheme = style.SCHEMES[scheme]  # an index into pairs of colors
        self.inline = inline
        self.painted = painted
        self.grounds = grounds(drawing)
        self.enters = {edge.id: bundle.enters for bundle in bundles(self.graph) for edge in bundle.edges}
        self.prefix = (
            f"{self.graph.name}-{self.graph.theme}-"  # before every id, so that several pictures can share a page
        )

    def lines(self) -> Iterator[str]:
        d, p = self.drawing, self.prefix
        # role="group": with role="img", screen readers would not find the links.
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="ag ag-{self.graph.theme}" '
            f'data-prefix="{p}" '
            f'viewBox="0 0 {_n(d.width)} {_n(d.height)}" width="{_n(d.width)}" height="{_n(d.height)}" role="group" '
            f'aria-labelledby="{p}title {p}desc" font-family="{FAMILY}">'
        )
        yield f'<title id="{p}title">{escape(self.graph.title)}</title>'
        yield f'<desc id="{p}desc">{escape(self.graph.description)}</desc>'
        yield from self._definitions()
        if not self.inline:
            yield f'<rect class="ag-page" width="{_n(d.width)}" height="{_n(d.height)}" fill="{self._of(style.PAGE)}"/>'
        for group in self.groups:
            yield from self._group(group)
        # Edges whose labels have a background come last, so that it covers other lines.
        for edge in sorted(self.graph.edges, key=lambda edge: edge.id in self.grounds):
            yield from self._edge(edge)
        for bundle in bundles(self.graph):
            yield from self._bundle(bundle)
        for node in self.nodes:
            yield from self._node(node)
        yield from self._legend()
        yield "</svg>"

    # -- definitions ---------------------------------------------------------------------------------

    def _definitions(self) -> Iterator[str]:
        """Every icon once in each size at which it is drawn, since some programs cannot scale an element with `use`."""
        used = {(node.icon.image, ICON) for node in self.nodes if node.icon.image and icons.usable(node.icon.image)}
        for group in self.groups:
            drawn = look(self.graph.theme, group.style)
            if drawn and drawn.icon and group.label:
                used.add((drawn.icon, TITLE_ICON))
        yield "<defs>"
        for image, size in sorted(used):
            address = icons.data_uri(image, size, self.name_of_scheme)
            yield f'<image id="{self._icon_id(image, size)}" width="{size}" height="{size}" xlink:href="{address}"/>'
        yield "</defs>"

    def _icon(self, image: str, x: float, y: float, size: int = ICON) -> str:
        dark = ' class="ag-dark"' if icons.is_dark(image) else ""
        return f'<use{dark} xlink:href="#{self._icon_id(image, size)}" x="{_n(x)}" y="{_n(y)}"/>'

    def _icon_id(self, image: str, size: int) -> str:
        return f"{self.prefix}icon{'' if size == ICON else size}-{icons.name_of(image)}"

    def _of(self, colors: tuple[str, str]) -> str:
        return colors[self.scheme]

    # -- groups --------------------------------------------------------------------------------------

    def _group(self, group: Group) -> Iterator[str]:
        drawn = look(self.graph.theme, group.style)
        if drawn is None:
            return
        box = self.drawing.boxes[group.id]
        line = f'stroke="{self._of(drawn.line)}" stroke-width="{_n(drawn.width)}"' if drawn.line else 'stroke="none"'
        dash = f' stroke-dasharray="{drawn.dash}"' if drawn.dash else ""
        fill = self._of(drawn.fill) if drawn.fill else "none"
        yield f'<g id="{self.prefix}{group.id}" class="ag-group ag-{group.style}">'
        if group_title(group) != group.label:
            yield f"<title>{escape(group.label)}</title>"
        yield f'<rect class="ag-box" {_rect(box)} fill="{fill}" {line}{dash}/>'
        if group.closed:
            middle = box.x + box.width / 2, box.y + (box.height + TITLE_HEIGHT) / 2
            yield from (self._dot(x, y, self._of(style.NOTE)) for x, y in dots(*middle))
        if group.label:
            title = self.drawing.titles[group.id]
            x = title.x
            if drawn.icon:
                yield self._icon(drawn.icon, x, title.y, TITLE_ICON)
                x += TITLE_ICON + 6
            yield self._text(
                group_title(group), x, title.y + TITLE_ICON - 5, TITLE, self._of(style.TEXT), "ag-title", bold=True
            )
        yield "</g>"

    # -- edges ---------------------------------------------------------------------------------------

    def _edge(self, edge: Edge) -> Iterator[str]:
        route = self.drawing.routes.get(edge.id)
        if route is None:
            return
        planned = f" ag-{edge.mark}" if edge.mark else " ag-planned" if edge.planned else ""
        yield f'<g id="{self.prefix}{edge.id}" class="ag-edge{planned}" data-tail="{edge.tail}" data-head="{edge.head}">'
        if edge_label(edge) != edge.label:
            yield f"<title>{escape(edge.label)}</title>"
        yield from self._line(edge, route)
        if label := self.drawing.labels.get(edge.id):
            yield from self._edge_label(edge.id, edge_label(edge), label)
        yield "</g>"

    def _line(self, edge: Edge, route: Route) -> Iterator[str]:
        """The line of an edge with its arrowheads."""
        dash = f' stroke-dasharray="{dash}"' if (dash := style.dash_of(edge)) else ""
        color, width = self._color(edge), style.width_of(edge)
        line, tips = arrow(route, both=edge.both)
        if self.enters.get(edge.id):
            line = line[::-1]  # so that the dashes of all lines of a bundle begin at its hub
        yield f'<path class="ag-line" d="{_path(line)}" fill="none" stroke="{color}" stroke-width="{_n(width)}"{dash}/>'
        for tip in tips:
            yield f'<path class="ag-tip" d="{_path(tip)} z" fill="{color}"/>'

    def _bundle(self, bundle: Bundle) -> Iterator[str]:
        """The label of a bundle, and a dot at each point where its edges join."""
        if bundle.id not in self.drawing.labels:  # a picture without routes has no bundles
            return
        ends = [" ".join(sorted({bundle.other(edge) for edge in bundle.edges})), bundle.hub]
        tail, head = ends if bundle.enters else ends[::-1]
        planned = f" ag-{bundle.edges[0].mark}" if bundle.edges[0].mark else ""
        yield f'<g id="{self.prefix}{bundle.id}" class="ag-edge{planned}" data-tail="{tail}" data-head="{head}">'
        if bundle_label(bundle) != bundle.text:
            yield f"<title>{escape(bundle.text)}</title>"
        for x, y in joints(ways_from_hub(bundle, self.drawing.routes)):
            yield self._dot(x, y, self._color(bundle.edges[0]))
        yield from self._edge_label(bundle.id, bundle_label(bundle), self.drawing.labels[bundle.id])
        yield "</g>"

    def _dot(self, x: float, y: float, color: str) -> str:
        return f'<rect class="ag-tip" {_rect(Rect(x - DOT, y - DOT, 2 * DOT, 2 * DOT))} rx="{_n(DOT)}" fill="{color}"/>'

    def _edge_label(self, id_: str, text: str, label: Rect) -> Iterator[str]:
        if id_ in self.grounds:
            yield self._ground(label, self.grounds[id_])
        middle = label.x + label.width / 2
        yield self._centered(text, middle, label.y + label.height - 3, EDGE, self._of(style.NOTE), "ag-edge-label")

    def _color(self, edge: Edge) -> str:
        colors = style.CHANGES[edge.mark].line if edge.mark else style.PLANNED if edge.planned else style.EDGE
        return self._of(colors)

    def _ground(self, label: Rect, group_style: str) -> str:
        """The translucent background of a label, which keeps it readable on the lines below."""
        drawn = look(self.graph.theme, group_style) if group_style else None
        color = self._of(drawn.fill if drawn and drawn.fill else style.PAGE)
        class_ = f"ag-under ag-under-{group_style}" if group_style else "ag-under"
        return f'<rect class="{class_}" {_rect(label)} fill="{color}" fill-opacity="{style.UNDER}"/>'

    # -- nodes ---------------------------------------------------------------------------------------

    def _node(self, node: Node) -> Iterator[str]:
        box = self.drawing.boxes[node.id]
        planned = f" ag-{node.mark}" if node.mark else " ag-planned" if node.planned else ""
        planned += " ag-context" if node.context else ""
        href = self.link(node.page) if self.link and node.page else None
        if href:
            name = ", ".join(
                part for part in (node.label, node.note, node.mark or ("planned" if node.planned else "")) if part
            )
            # xlink:href, since a plain href breaks instant navigation of both site builders.
            yield f'<a xlink:href="{href}" role="link" aria-label="{escape(name)}">'
        inside = f' data-in="{" ".join(self.around[node.id])}"' if node.id in self.around else ""
        yield f'<g id="{self.prefix}{node.id}" class="ag-node{planned}"{inside}>'
        if is_cut(node):  # the tooltip has the full text
            yield f"<title>{escape(f'{node.label}, {node.note}' if node.note else node.label)}</title>"
        # An invisible area makes the whole node clickable, not only what is drawn.
        yield f'<rect class="ag-hit" {_rect(box)} fill="#ffffff" fill-opacity="0"/>'
        yield from self._picture(node, box)
        if node.mark:
            yield from self._change_mark(node.mark, box)
        label, note = node_lines(node)
        middle, y = box.x + box.width / 2, box.y + ICON + ICON_GAP + LABEL - 1
        for lines, size, colors, class_ in ((label, LABEL, style.TEXT, "label"), (note, NOTE, style.NOTE, "note")):
            color = self._of(style.PLANNED if node.planned else style.NOTE if node.context else colors)
            for line in lines:
                yield self._centered(line, middle, y, size, color, f"ag-{class_}")
                y += LINE
        yield "</g>"
        if href:
            yield "</a>"

    def _change_mark(self, change: Change, box: Rect) -> Iterator[str]:
        """An outline and a badge around the icon of a changed node."""
        mark = style.CHANGES[change]
        x = box.x + (box.width - ICON) / 2
        dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        outline = Rect(x - 3, box.y - 3, ICON + 6, ICON + 5)
        line = f'stroke="{self._of(mark.line)}" stroke-width="{_n(mark.width)}"{dash}'
        yield f'<rect class="ag-mark" {_rect(outline)} rx="5" fill="none" {line}/>'
        yield from self._badge(change, x + ICON, box.y)

    def _legend(self) -> Iterator[str]:
        d = self.drawing
        for entry in legend(self.graph, d.labels, d.width - MARGIN, d.height - MARGIN / 2):
            mark = entry.mark
            yield f'<g class="ag-{mark.name}">'
            yield from self._sample(mark, entry)
            yield self._text(mark.text, entry.text_x, entry.y + 4, NOTE, self._of(style.NOTE), "ag-note")
            yield "</g>"

    def _sample(self, mark: LegendMark, entry: LegendEntry) -> Iterator[str]:
        box = entry.box
        middle = box.x + box.width / 2
        if mark.box == "badge":
            yield from self._badge(mark.change, middle, entry.y)
        elif mark.box == "frame":
            yield self._outline(box, 3)
        elif mark.box == "context":
            paint = f'fill="{style.CATEGORIES["general"]}" opacity="{style.FADED}"'
            yield f'<rect {_rect(box)} rx="3" {paint}/>'
        elif mark.box == "closed":
            yield f'<rect class="ag-line" {_rect(box)} fill="none" stroke="{self._of(style.EDGE)}"/>'
            yield from (self._dot(x, y, self._of(style.NOTE)) for x, y in dots(middle, entry.y))
        elif mark.box == "count":
            yield f'<rect {_rect(box)} rx="3" fill="{style.CATEGORIES["general"]}"/>'
            yield self._centered("n", middle, entry.y + 4, NOTE, "#ffffff", "ag-letters", bold=True)
        if mark.edge:
            yield from self._line(mark.edge, entry.line)
        if mark.edge and mark.joint:
            color, width = self._color(mark.edge), _n(style.width_of(mark.edge))
            yield f'<path class="ag-line" d="{_path(entry.joining)}" fill="none" stroke="{color}" stroke-width="{width}"/>'
            yield self._dot(*entry.joining[-1], color)

    def _picture(self, node: Node, box: Rect) -> Iterator[str]:
        """The icon of a node, or its tile. The tile of what is planned is its frame, and that of context has no color."""
        icon, planned = node.icon, node.planned
        x = box.x + (box.width - ICON) / 2
        opacity = f' opacity="{style.FADED}"' if node.pale else ""
        if icon.image and icons.usable(icon.image):
            yield f"<g{opacity}>{self._icon(icon.image, x, box.y)}</g>"
        else:
            size = tile_size(icon.tile)
            color = style.CATEGORIES.get(icon.category, style.CATEGORIES["general"])
            letters = self._of(style.PLANNED) if planned else self._of(style.NOTE) if node.context else "#ffffff"
            y = box.y + ICON / 2 + size * 0.36
            yield f"<g{'' if planned or node.context else opacity}>"
            if not planned:
                paint = f'fill="{color}"'
                if node.context:
                    paint = f'class="ag-line" fill="none" stroke="{self._of(style.EDGE)}"'
                yield f'<rect {_rect(Rect(x + 2, box.y + 2, ICON - 4, ICON - 4))} rx="4" {paint}/>'
            yield self._centered(icon.tile, x + ICON / 2, y, size, letters, "ag-letters", bold=True) + "</g>"
        if planned:
            yield self._outline(Rect(x - 3, box.y - 3, ICON + 6, ICON + 5))

    def _outline(self, box: Rect, rounded: int = 5) -> str:
        """The frame of what is planned."""
        color = self._of(style.PLANNED)
        return f'<rect class="ag-outline" {_rect(box)} rx="{rounded}" fill="none" stroke="{color}" stroke-dasharray="4 3"/>'

    def _badge(self, change: Change, x: float, y: float) -> Iterator[str]:
        """A badge around a point. Shape, sign and color all show the kind of change."""
        mark, half, page = style.CHANGES[change], BADGE, self._of(style.PAGE)
        paint = f'class="ag-badge" fill="{self._of(mark.line)}" stroke="{page}" stroke-width="1.5"'
        if mark.shape == "diamond":
            corners = ((x, y - half - 2), (x + half + 2, y), (x, y + half + 2), (x - half - 2, y))
            yield f'<path {paint} d="{_path(corners)} z"/>'
        else:
            rounded = half if mark.shape == "circle" else 0
            yield f'<rect {paint} {_rect(Rect(x - half, y - half, 2 * half, 2 * half))} rx="{rounded}"/>'
        yield self._centered(SIGNS[change], x, y + 4.5, 13, page, "ag-sign", bold=True)

    # -- text ----------------------------------------------------------------------------------------

    def _text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        color: str,
        class_: str,
        anchor: str = "",
        *,
        bold: bool = False,
    ) -> str:
        weight = ' font-weight="bold"' if bold else ""
        content = written(text, self.drawing.fonts) if self.painted else escape(text)
        return f'<text class="{class_}" x="{_n(x)}" y="{_n(y)}"{anchor} font-size="{_n(size)}" fill="{color}"{weight}>{content}</text>'

    def _centered(
        self, text: str, x: float, y: float, size: float, color: str, class_: str, *, bold: bool = False
    ) -> str:
        """Text centered on a point, also in a font whose widths differ from the measured ones."""
        return self._text(text, x, y, size, color, class_, ' text-anchor="middle"', bold=bold)


def written(text: str, fonts: Fonts) -> str:
    """Text as the content of an element, each part in the font that has its letters, since resvg does not fall back to other fonts. Spaces
    become no-break spaces, since resvg would drop those between parts.
    """
    parts = ((name, "&#160;".join(map(escape, part.split(" ")))) for name, part in runs(text, fonts))
    return "".join(f"<tspan font-family=\"'{name}'\">{part}</tspan>" if name else part for name, part in parts)


def _n(value: float) -> str:
    """A number with at most one decimal, and never a negative zero."""
    text = f"{value:.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def _rect(box: Rect) -> str:
    return f'x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"'


def _path(points: Route | Triangle) -> str:
    return "M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in points)
