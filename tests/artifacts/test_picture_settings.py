"""The settings of a component that a picture in a page shows without leaving it."""

from __future__ import annotations

import pytest

from archgen.draw.drawing import draw
from archgen.draw.graph import Graph, Group, Icon, Node
from archgen.draw.svg import svg
from conftest import ROOT

pytestmark = pytest.mark.browser

SITE = "http://site.test/"
TABLE = "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"


def table(*rows: tuple[str, ...]) -> str:
    head, *body = ("".join(f"<{'td' if n else 'th'}>{cell}</td>" for cell in row) for n, row in enumerate(rows))
    return TABLE.format(head, "".join(f"<tr>{row}</tr>" for row in body))


COMPONENT = "".join(
    f'<div class="tabbed-block"><svg class="ag ag-{theme}"></svg>'
    + table(("Connection", "With"), ("calls", "api"))
    + table(("Differs", "Staging", "Production"), ("replicas", "1", replicas), ("only in staging", "yes", ""))
    + table(("The same everywhere", "Value"), ("note", "&lt;img src=x&gt;"))
    + "</div>"
    for theme, replicas in (("gcp", "7"), ("aws", "2"))
)


SELECTS = (
    '<label>Environment <select><option value="prod" data-phase="one">Production</option></select></label>'
    '<label>Phase <select><option value="one">Phase 1</option><option value="two">Phase 2</option></select></label>'
)


def graph_of(title: str, about: str) -> Graph:
    nodes = (
        Node("cache", "Cache", Icon(tile="C"), page="cache"),
        Node("users", "Users", Icon(tile="U"), page="users"),
        Node("end", "End", Icon(tile="E")),
    )
    return Graph("x", title, about, "aws", "flow", Group("root", "", "none", nodes), ())


def picture_page() -> str:
    graph = graph_of("X", "First.")
    script = (ROOT / "templates" / "assets" / "archgen.js").read_text()
    drawn = svg(draw(graph), lambda page: f"{page}/", inline=True)
    return (
        """<figure class="ag-figure" data-files='{"prod two": "two.svg"}'>"""
        f'<div class="ag-bar" hidden>{SELECTS}</div><div class="ag-scroll" tabindex="0">{drawn}</div><p class="ag-said"></p>'
        '<figcaption><span class="ag-names">X: </span><span class="ag-where">Production, Phase 1</span>. '
        '<span class="ag-describes">First.</span></figcaption></figure>'
        f"<script>{script}</script>"
    )


@pytest.fixture
def page(chromium):  # type: ignore[no-untyped-def]
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    later = svg(draw(graph_of("X later", "Second.")), lambda page: f"{page}/")
    pages = {
        SITE: picture_page(),
        f"{SITE}cache/": COMPONENT,
        f"{SITE}users/": "<p>Nothing.</p>",
        f"{SITE}two.svg": later,
    }
    page.route(
        "**/*",
        lambda route: route.fulfill(body=pages.get(route.request.url, ""), content_type="text/html; charset=utf-8"),
    )
    page.goto(SITE)
    yield page
    context.close()


def test_focus_shows_the_settings_at_the_cloud_and_environment_of_the_picture(page) -> None:  # type: ignore[no-untyped-def]
    page.locator("svg.ag a").first.focus()
    panel = page.locator("[role=status] .ag-panel")
    panel.wait_for()
    assert panel.locator("strong").inner_text() == "Cache (Production, Phase 1)"
    names, values = (panel.locator(part).all_inner_texts() for part in ("dt", "dd"))
    assert list(zip(names, values, strict=True)) == [("replicas", "2"), ("note", "<img src=x>")]
    page.locator(".ag-scroll").focus()
    assert panel.count() == 0


def test_escape_hides_the_settings_and_a_page_without_settings_shows_none(page) -> None:  # type: ignore[no-untyped-def]
    link, panel = page.locator("svg.ag a"), page.locator(".ag-panel")
    link.nth(0).hover()
    panel.wait_for()
    link.nth(0).focus()
    panel.wait_for()
    page.keyboard.press("Escape")
    assert panel.count() == 0
    with page.expect_response(f"{SITE}users/"):
        link.nth(1).focus()
    page.wait_for_timeout(50)
    assert panel.count() == 0


def test_a_picture_of_another_phase_has_its_own_caption_and_shows_no_settings_of_today(page) -> None:  # type: ignore[no-untyped-def]
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_label("Phase").select_option("two")
    page.locator(".ag-names", has_text="X later").wait_for()
    assert page.locator("figcaption").inner_text() == "X later: Production, Phase 2. Second."
    page.locator("svg.ag a").first.focus()
    page.wait_for_timeout(400)
    assert f"{SITE}cache/" not in requests
    assert page.locator(".ag-panel").count() == 0
