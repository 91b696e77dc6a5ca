"""Pictures in a browser and in other programs: each shows everything that must be visible, and all show nearly the same."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops, ImageStat

from archgen.draw import style
from archgen.draw.drawing import Drawing, draw
from archgen.draw.graph import Graph
from archgen.draw.measure import ICON, TITLE_ICON, Rect, ink
from archgen.draw.style import Scheme
from archgen.draw.svg import svg
from archgen.draw.tips import arrow
from archgen.pipeline import Project, load
from archgen.views import views_of
from archgen.views._difference import difference_graph
from conftest import CASES, missing
from renderers import RENDERERS, SCALE, Renderer, in_chromium, lacks

pytestmark = pytest.mark.slow

NAMES = (*RENDERERS, "chromium")
ALIKE = 0.95  # similarity of two renderers at a quarter of the size, at which letters are gray; MuPDF has other letters and no dashes
Color = tuple[int, int, int]


@pytest.fixture(scope="module")
def drawings(reference: Project) -> dict[str, Drawing]:
    """Networks with planned nodes and colored backgrounds, a free graph with many labels, and a picture of a difference."""
    axes, views = reference.resolved.axes, views_of(reference.resolved)
    graphs: dict[str, Graph] = {}
    for name, cloud in (("network", "aws"), ("network", "gcp")):
        graphs[f"{name} {cloud}"] = views[name].graph(
            next(c for c in axes.all if c.cloud == cloud and c.environment == "prod")
        )
    loaded = load(CASES / "pictures" / "halo" / "architecture.yaml")
    assert loaded.project
    graphs["labels"] = views_of(loaded.project.resolved)["context"].graph(loaded.project.resolved.axes.default)
    mvp, growth = (
        a
        for a in reference.resolved.architectures.values()
        if str(a.coordinate) in ("aws, prod, mvp", "aws, prod, growth")
    )
    graphs["difference"] = difference_graph("difference", "Difference", mvp, growth)
    return {name: draw(graph) for name, graph in graphs.items()}


@pytest.fixture(params=NAMES)
def render(request: pytest.FixtureRequest) -> Renderer:
    """A renderer that is installed."""
    if request.param == "chromium":
        browser = request.getfixturevalue("chromium")
        return lambda text: in_chromium(browser, text)
    if lack := lacks(request.param):
        missing(lack)
    return RENDERERS[request.param]


def rgb(color: str) -> Color:
    return tuple(int(color[n : n + 2], 16) for n in (1, 3, 5))  # type: ignore[return-value]


def far(one: Color, other: Color) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def part(picture: Image.Image, box: Rect) -> Image.Image:
    return picture.crop(tuple(round(c * SCALE) for c in (box.x, box.y, box.right, box.bottom)))


def unlike(picture: Image.Image, color: str | Color, most: int) -> Image.Image:
    """White where a picture differs from a color by more than `most` in some channel, black elsewhere."""
    red, green, blue = ImageChops.difference(picture, Image.new("RGB", picture.size, color)).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda v: 255 * (v > most))


def share(picture: Image.Image, box: Rect, color: str) -> float:
    """The share of a box that has a color, or nearly that color."""
    counts = unlike(part(picture, box), color, 70).histogram()
    return counts[0] / sum(counts)


def texts(drawing: Drawing, scheme: int) -> Iterator[tuple[str, Rect, str]]:
    """The boxes that must contain text, with its color."""
    for id_, node in drawing.graph.nodes().items():
        rows = [r for r in ink(node, drawing.boxes[id_])[1:] if r.height == 14]
        for row in rows if not node.planned else ():
            yield f"label of {id_}", row, style.TEXT[scheme] if row is rows[0] else ""
    for id_, title in drawing.titles.items():
        icon = (
            bool(look.icon) if (look := style.look(drawing.graph.theme, drawing.graph.groups()[id_].style)) else False
        )
        left = title.x + (TITLE_ICON + 6 if icon else 0)
        yield f"title of {id_}", Rect(left, title.y, title.right - left, title.height), style.TEXT[scheme]
    for id_, label in drawing.labels.items():
        yield f"label of edge {id_}", label, style.NOTE[scheme]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_that_must_be_visible_is(render: Renderer, scheme: Scheme, drawings: dict[str, Drawing]) -> None:
    for name, drawing in drawings.items():
        if scheme == "light" or name in ("network gcp", "labels"):
            assert_seen(render(svg(drawing, scheme=scheme)), drawing, scheme, name)


def assert_seen(picture: Image.Image, drawing: Drawing, scheme: Scheme, name: str) -> None:
    """Checks the background, all text, all arrowheads, and all icons in their frames."""
    n = style.SCHEMES[scheme]
    assert abs(picture.width - drawing.width * SCALE) <= 1, name
    for corner in ((1, 1), (picture.width - 2, picture.height - 2)):
        assert far(picture.getpixel(corner), rgb(style.PAGE[n])) < 4, f"{name}: no background"  # type: ignore[arg-type]
    for what, box, color in texts(drawing, n):
        least = share(picture, box, color or style.NOTE[n])
        assert least > 0.04, f"{name}: {what} cannot be read ({least:.3f})"
    assert_arrowheads(picture, drawing, n, name)
    assert_icons(picture, drawing, n, name)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (r'<rect class="ag-page"[^>]*>', "", "no background"),
        (r'<path class="ag-tip"[^>]*>', "", "has no arrowhead"),
        (r'(<text class="ag-edge-label"[^>]*) fill="#......"', r'\1 fill="#ffffff"', "cannot be read"),
        (r'(<image id="[^"]*icon18-[^"]*") width="18" height="18"', r'\1 width="48" height="48"', "leaves its frame"),
        (r'(<image id="[^"]*icon18-[^"]*") width="18" height="18"', r'\1 width="9" height="9"', "too small"),
        (r'<use [^>]*icon-[^>]*>', "", "is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(right: str, wrong: str, said: str, drawings: dict[str, Drawing]) -> None:
    drawing = drawings["network aws"]
    text, count = re.subn(right, wrong, svg(drawing))
    assert count
    with pytest.raises(AssertionError, match=said):
        assert_seen(RENDERERS["resvg"](text), drawing, "light", "network")


def assert_arrowheads(picture: Image.Image, drawing: Drawing, scheme: int, name: str) -> None:
    """Checks that both sides of the line have the arrow's color."""
    for edge in drawing.graph.edges:
        colors = style.CHANGES[edge.change].line if edge.change else style.PLANNED if edge.planned else style.EDGE
        for tip, left, right in arrow(drawing.routes[edge.id], both=edge.both)[1]:
            for near, off in ((left, right), (right, left)):
                x, y = (0.2 * tip[axis] + 0.6 * near[axis] + 0.2 * off[axis] for axis in (0, 1))
                found = picture.getpixel((int(x * SCALE), int(y * SCALE)))
                assert far(found, rgb(colors[scheme])) < 70, f"{name}: {edge.id} has no arrowhead"  # type: ignore[arg-type]


def assert_icons(picture: Image.Image, drawing: Drawing, scheme: int, name: str) -> None:
    """Checks that each icon fills its frame, and nothing around it."""
    for id_, group in drawing.graph.groups().items():
        look = style.look(drawing.graph.theme, group.style)
        if id_ in drawing.titles and look and look.icon:
            title = drawing.titles[id_]
            assert_fills(picture, Rect(title.x, title.y, TITLE_ICON, TITLE_ICON), 2, f"{name}: the icon of {id_}")
    for id_, node in drawing.graph.nodes().items():
        if node.icon.image and not node.planned and not node.change and not scheme:
            box = drawing.boxes[id_]
            frame = Rect(box.x + (box.width - ICON) / 2, box.y, ICON, ICON)
            assert_fills(picture, frame, 2, f"{name}: the icon of {id_}")


def assert_fills(picture: Image.Image, frame: Rect, margin: float, what: str) -> None:
    around = Rect(frame.x - margin, frame.y - margin, frame.width + 2 * margin, frame.height + 2 * margin)
    found = part(picture, around)
    box = unlike(found, found.getpixel((0, 0)), 40).getbbox()  # type: ignore[arg-type]
    assert box, f"{what} is missing"
    assert max(box[2] - box[0], box[3] - box[1]) >= 0.6 * frame.width * SCALE, f"{what} is too small: {box}"
    slack = margin * SCALE - 2
    assert min(box[0], box[1], found.width - box[2], found.height - box[3]) >= slack, f"{what} leaves its frame: {box}"


def alike(one: Image.Image, other: Image.Image) -> float:
    """The similarity of two pictures, from 0 to 1."""
    size = (one.width // 8, one.height // 8)
    small = [picture.resize(size, Image.Resampling.BOX).convert("L") for picture in (one, other)]
    return 1 - ImageStat.Stat(ImageChops.difference(*small)).rms[0] / 255


@pytest.mark.browser
def test_all_renderers_show_nearly_the_same(chromium: object, drawings: dict[str, Drawing]) -> None:
    text = svg(drawings["network gcp"])
    seen = {name: draw_it(text) for name, draw_it in RENDERERS.items() if not lacks(name)}
    seen["chromium"] = in_chromium(chromium, text)
    assert len(seen) >= 3
    for (one, a), (other, b) in itertools.combinations(seen.items(), 2):
        assert a.size == b.size
        assert alike(a, b) > ALIKE, f"{one} and {other}"
