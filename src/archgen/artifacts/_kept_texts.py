"""Pictures and finished texts of pages, which are kept between runs in the user's cache folder, because making them takes longer than
finding them. Each is a function of what its key contains: the text or the drawing itself, the colors of its cloud, and the code of archgen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archgen.draw.style import looks
from archgen.system.own_code import code_of_archgen
from archgen.system.results import key_of_parts, users_results
from archgen.templating.escape import Safe, kept_picture

if TYPE_CHECKING:
    from archgen.draw.drawing import Drawing


def svg_of(drawing: Drawing, linked_from: str, link: Callable[[str], str], *, inline: bool) -> Safe:
    """A drawing as SVG. `linked_from` is the place of the picture, which decides all addresses that `link` returns."""
    where = [drawing.width, drawing.height, drawing.boxes, drawing.titles, drawing.routes, drawing.labels]
    fonts = [font.digest for font in drawing.fonts]
    # The cloud may be one of an installed package, whose colors are not part of archgen's code. The graph is contained as a whole, not as
    # `key_of` it, which is without what no place in a picture depends on.
    colors = repr(looks(drawing.graph.theme))
    key = _key("svg", linked_from, inline, repr(drawing.graph), colors, fonts, repr(where))
    kept: str | None = users_results().find(key) if key else None
    if kept is not None:
        return kept_picture(kept)
    from archgen.draw.svg import svg  # late: it loads the icons

    made = svg(drawing, link, inline=inline)
    if key:
        users_results().keep(key, made)
    return made


def text(parts: list[object], make: Callable[[], str]) -> str:
    """The text that `make` makes of the parts, which consist of what JSON can express."""
    key = _key("text", *parts)
    kept: str | None = users_results().find(key) if key else None
    if kept is None:
        kept = make()
        if key:
            users_results().keep(key, kept)
    return kept


def _key(*parts: object) -> str | None:
    """The key of a result; None if it cannot be kept, because nothing says which code makes it."""
    code = code_of_archgen()
    return key_of_parts(code, *parts) if code else None
