"""Icons: their size, their proportions, and their colors on the dark page."""

from __future__ import annotations

import io
import re

from PIL import Image

from archgen.draw import icons, style
from archgen.draw.drawing import draw
from archgen.draw.graph import Graph, Group, Icon, Node
from archgen.draw.svg import svg


def pixels(png: bytes) -> list[tuple[int, ...]]:
    with Image.open(io.BytesIO(png)) as picture:
        data = picture.convert("RGBA").tobytes()
    return [tuple(data[n : n + 4]) for n in range(0, len(data), 4)]


def test_icons_of_dark_lines_are_light_on_the_dark_page() -> None:
    flask, eks, database = "programming.framework.Flask", "aws.compute.EKS", "aws.database.RDSPostgresqlInstance"
    assert icons.is_dark(flask)
    assert icons.is_dark(database)
    assert not icons.is_dark(eks)
    assert icons.png_of(eks) == icons.png_of(eks, scheme="dark")
    lines = [color for *color, alpha in pixels(icons.png_of(flask, scheme="dark")) if alpha > 200]
    assert min(map(min, lines)) > 150
    red, green, blue, _alpha = max(pixels(icons.png_of(database, scheme="dark")), key=lambda color: color[3])
    assert blue > 200 > max(red, green)  # it is still blue
    nodes = (Node("a", "A", Icon(eks)), Node("b", "B", Icon(flask)))
    graph = Graph("icons", "Icons", "Two.", "aws", "flow", Group("root", "", "none", nodes), ())
    assert svg(draw(graph), inline=True).count('class="ag-dark"') == 1  # for the style sheet


def test_what_is_drawn_of_an_icon_has_the_size_of_a_tile_and_its_proportions() -> None:
    for icon, share in (("gcp.security.IAP", 0.53), ("aws.compute.EKS", 1), ("saas.cdn.Akamai", 0.47)):
        with Image.open(io.BytesIO(icons.png_of(icon))) as picture:
            left, top, right, bottom = picture.convert("RGBA").getchannel("A").point(lambda a: 255 * (a > 60)).getbbox()
        assert abs(right - left - icons.DENSITY * icons.DRAWN) <= 4, icon
        assert abs((bottom - top) / (right - left) - share) < 0.08, icon


def test_a_planned_tile_is_an_outline_with_letters_that_are_easy_to_read() -> None:
    nodes = (Node("a", "A", Icon(tile="AA"), planned=True), Node("b", "B", Icon(tile="BB")))
    graph = Graph("icons", "Icons", "Two.", "aws", "flow", Group("root", "", "none", nodes), ())
    schemes: tuple[style.Scheme, ...] = ("light", "dark")
    for scheme in schemes:
        text = svg(draw(graph), scheme=scheme)
        assert text.count(f'fill="{style.CATEGORIES["general"]}"') == 1  # the tile of what exists
        color = style.PLANNED[style.SCHEMES[scheme]]
        assert re.search(rf'<text class="ag-letters"[^>]* fill="{color}"[^>]*>AA<', text)
