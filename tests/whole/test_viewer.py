"""Pictures in a page: zoom, pan, highlight, switch, step, deep links; by keyboard, for screen readers, and in print."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ImageColor

from archgen.draw import style
from archgen.draw.style import Scheme
from browsing import KINDS
from visiting import Violation, Visits, violations

pytestmark = pytest.mark.browser

NETWORK = "architecture/network/"
# Problems of the themes, not of archgen's output. Each is listed, so that a new one fails.
THEMES = {
    "aria-dialog-name",  # Material's search box is a dialog without a name
    "color-contrast",  # grays of both themes; another test covers pictures and archgen's pages
    "scrollable-region-focusable",  # tables that the themes wrap
    "landmark-unique", "landmark-complementary-is-top-level", "region", "aria-allowed-role", "label-title-only", "empty-table-header",
}  # fmt: skip


def box(page) -> list[float]:
    value = page.locator("svg.ag-aws").first.get_attribute("viewBox")
    return [float(n) for n in value.split()]


def test_zoom_and_pan_by_keyboard_alone(open_page) -> None:
    page = open_page(NETWORK)
    whole = box(page)
    region = page.locator(".ag-scroll").first
    region.focus()
    page.keyboard.press("+")
    zoomed = box(page)
    assert zoomed[2] < whole[2]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    moved = box(page)
    assert moved[0] > zoomed[0]
    assert moved[1] > zoomed[1]
    page.keyboard.press("-")
    page.keyboard.press("-")
    page.keyboard.press("0")
    assert box(page) == whole


def test_the_buttons_do_the_same_and_are_large_enough(open_page) -> None:
    page = open_page(NETWORK)
    whole = box(page)
    page.get_by_label("Zoom in").first.click()
    assert box(page)[2] < whole[2]
    page.get_by_label("Whole picture").first.click()
    assert box(page) == whole
    for button in page.locator(".ag-bar:visible button").all():
        size = button.bounding_box()
        assert size["width"] >= 24
        assert size["height"] >= 24


def test_the_wheel_scrolls_the_page_and_zooms_only_with_ctrl(open_page) -> None:
    page = open_page(NETWORK)
    whole = box(page)
    spot = page.locator(".ag-scroll").first.bounding_box()
    page.mouse.move(spot["x"] + spot["width"] / 2, spot["y"] + 200)
    page.mouse.wheel(0, 300)
    page.wait_for_function("window.scrollY > 100")
    assert box(page) == whole
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function(
        f"parseFloat(document.querySelector('svg.ag-aws').getAttribute('viewBox').split(' ')[2]) < {whole[2] - 1}"
    )


def test_dragging_moves_and_opens_no_link(open_page) -> None:
    page = open_page(NETWORK)
    page.get_by_label("Zoom in").first.click()
    before = box(page)
    spot = page.locator("#network-aws-cdn").bounding_box()
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 40, steps=4)
    page.mouse.up()
    assert box(page)[0] > before[0]
    assert page.url.endswith(NETWORK)


def test_focus_highlights_what_is_connected(open_page) -> None:
    page = open_page(NETWORK)
    page.locator("svg.ag-aws a", has=page.locator("#network-aws-waf")).focus()
    on = set(page.evaluate("[...document.querySelectorAll('svg.ag-aws .ag-on')].map(e => e.id)"))
    assert {"network-aws-waf", "network-aws-cdn", "network-aws-internet-gateway", "network-aws-cdn--waf"} <= on
    assert "network-aws-dns" not in on
    page.locator(".ag-scroll").first.focus()
    assert page.evaluate("document.querySelectorAll('svg.ag-aws .ag-on').length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_arrowheads_have_the_color_of_their_lines_in_every_scheme(open_page, scheme: Scheme) -> None:
    page = open_page(NETWORK, color_scheme=scheme)
    colors = page.evaluate("""[...document.querySelectorAll('svg.ag-aws .ag-edge[data-tail]')].map(edge => [
        getComputedStyle(edge.querySelector('.ag-line')).stroke, getComputedStyle(edge.querySelector('.ag-tip')).fill])""")
    assert len(colors) > 5
    expected = ImageColor.getrgb(style.EDGE[style.SCHEMES[scheme]])
    assert {color for pair in colors for color in pair} == {f"rgb({', '.join(map(str, expected))})"}


def test_an_address_leads_to_a_node_on_the_other_cloud(open_page) -> None:
    page = open_page(f"{NETWORK}#network-gcp-cdn")
    page.wait_for_selector("svg.ag-gcp .ag-target")
    assert page.locator("svg.ag-gcp").first.is_visible()
    assert page.evaluate("document.activeElement.querySelector('#network-gcp-cdn') !== null")


def test_switching_cloud_environment_and_phase_by_keyboard(open_page) -> None:
    page = open_page(NETWORK)
    assert page.locator("svg.ag-aws #network-aws-cluster-burst-1.ag-planned").count() == 1
    page.locator(".ag-bar").get_by_label("Environment").first.focus()
    page.keyboard.type("Dev")
    page.wait_for_selector("svg.ag-aws text:has-text('Account Non-Prod')")
    page.locator(".ag-bar").get_by_label("Phase").first.focus()
    page.keyboard.type("Phase 1")
    page.wait_for_function("document.querySelectorAll('svg.ag-aws .ag-planned').length === 0")
    assert "Development, Phase 1: Growth" in page.locator(".ag-where").first.inner_text()
    assert "Now showing" in page.locator(".ag-said").first.inner_text()
    # The new picture works like the old one, and has the background of the page instead of that of a file.
    assert page.evaluate("getComputedStyle(document.querySelector('svg.ag-aws .ag-page')).fill") == "none"
    page.locator("svg.ag-aws a", has=page.locator("#network-aws-cdn")).first.focus()
    assert page.evaluate("document.querySelectorAll('svg.ag-aws .ag-on').length") > 2
    page.keyboard.press("Enter")
    page.wait_for_url("**/architecture/components/cdn/")


def test_a_flow_is_stepped_through_on_the_picture_with_its_text(open_page) -> None:
    page = open_page("architecture/flow-request/")
    page.locator(".ag-scroll").first.focus()
    said = page.locator(".ag-said").first
    page.keyboard.press(".")
    assert said.inner_text().startswith("Step 1 of 7")
    assert page.locator("svg.ag-aws .ag-edge.ag-on").get_attribute("id") == "flow-request-aws-step-1"
    page.keyboard.press(".")
    assert "object storage" in said.inner_text()
    assert page.locator("#steps-aws > li.ag-current").count() == 1
    page.keyboard.press(",")
    page.keyboard.press(",")
    assert said.inner_text() == "The whole flow"
    assert page.locator("svg.ag-aws .ag-on").count() == 0
    assert page.get_by_label("Step back").first.is_disabled()


WATCH_PARAGRAPHS = """e => {
  window.removed = 0;
  const count = change => { window.removed += [...change.removedNodes].filter(node => node.localName === "p").length; };
  new MutationObserver(changes => changes.forEach(count)).observe(e, {childList: true});
}"""


def test_what_differs_from_another_environment_is_marked_and_said(open_page) -> None:
    page = open_page("architecture/network/")
    choice, said = page.get_by_label("Compare with").first, page.locator(".ag-differences").first
    said.evaluate(WATCH_PARAGRAPHS)
    choice.select_option("dev mvp")
    page.locator(".ag-differences li").first.wait_for()
    text = said.inner_text()
    assert (
        "Production, Phase 0: MVP compared with Development, Phase 0: MVP: 2 only here, 5 with other settings." in text
    )
    assert "Only in Production, Phase 0: MVP: ElastiCache (replica) \u00d7 2" in text
    assert "replicas 2 instead of 0" in text
    svg = page.locator("svg.ag-aws")
    assert svg.locator(".ag-node.ag-differs.ag-added .ag-badge:visible").count() == 2
    assert svg.locator("#network-aws-dns.ag-changed .ag-sign:visible").text_content() == "~"
    assert svg.locator("#network-aws-cdn.ag-differs").count() == 0

    page.locator(".ag-bar").get_by_label("Environment").first.select_option("dev")
    page.locator(".ag-differences p", has_text="itself").first.wait_for()
    # The picture of the other cloud follows, once it is loaded.
    page.wait_for_function("!document.querySelector('.ag-differs, .ag-differences li')")
    choice.select_option("prod mvp")
    missing = svg.locator(".ag-node.ag-removed .ag-label")
    missing.first.wait_for()
    assert missing.all_text_contents() == ["ElastiCache", "ElastiCache"]
    whole = svg.evaluate("e => e.viewBox.baseVal.height")
    choice.select_option("")
    page.wait_for_function("!document.querySelector('.ag-differs, .ag-differences li')")
    assert svg.evaluate("e => e.viewBox.baseVal.height") < whole
    assert page.evaluate("removed") == 0  # screen readers say what appears in a region that stays
    page.goto(page.url.replace("/network/", "/stacks/"))
    page.get_by_label("Compare with").first.select_option("stg mvp")
    page.locator(".ag-differences p", has_text="Nothing in this picture differs between").first.wait_for()


def test_full_screen_by_button(open_page) -> None:
    page = open_page(NETWORK)
    page.get_by_label("Full screen").first.click()
    page.wait_for_function("document.fullscreenElement !== null")
    page.evaluate("document.exitFullscreen()")


def test_from_a_disk_other_pictures_show_too(built: Path, chromium) -> None:
    page = chromium.new_page()
    page.goto((built / "site/architecture/network/index.html").as_uri())
    page.locator(".ag-bar").get_by_label("Environment").first.select_option("dev")
    page.wait_for_selector(".ag-scroll img[src$='network-aws-dev-mvp.svg']")
    page.close()


def test_print_leaves_the_controls_out(open_page) -> None:
    page = open_page(NETWORK)
    page.emulate_media(media="print")
    assert not page.locator(".ag-bar").first.is_visible()
    assert page.locator("svg.ag-aws").first.is_visible()


def test_a_screen_reader_gets_title_description_and_a_table(open_page) -> None:
    page = open_page(NETWORK)
    svg = page.locator("svg.ag-aws").first
    names = svg.get_attribute("aria-labelledby").split()
    texts = [page.locator(f"[id='{name}']").first.text_content() for name in names]
    assert texts[0].startswith("Network")
    assert len(texts[1]) > 30
    every = "[...document.querySelectorAll('svg.ag-aws a')].every"
    links = page.evaluate(f"{every}(a => a.getAttribute('aria-label') && a.getAttribute('role') === 'link')")
    assert links
    assert page.locator("details table").first.locator("tr").count() > 20


def ours(found: list[Violation]) -> list[Violation]:
    """The violations that archgen is responsible for."""
    return [one for one in found if one[0] not in THEMES or "ag-" in one[1]]


def test_axe_finds_nothing_in_what_archgen_writes(visits: Visits, builder: str) -> None:
    found = {path: ours(seen["violations"]) for path, seen in visits.items() if "violations" in seen}
    assert len(found) == (len(KINDS) if builder == "material" else 4)
    assert {path: some for path, some in found.items() if some} == {}


def test_axe_finds_every_planted_fault(chromium) -> None:
    page = chromium.new_page()
    pale = '<p class="ag-x" style="color: #ccc; background: #fff">pale</p>'
    page.set_content(f'<html lang="en"><title>T</title><main><h1>T</h1><img src="x"><img src="y">{pale}{pale}')
    found = [rule for rule, html in violations(page) if html.startswith(("<img", "<p"))]
    page.close()
    assert sorted(found) == ["color-contrast", "color-contrast", "image-alt", "image-alt"]


def test_axe_finds_nothing_in_dark_pages(open_page, address: str) -> None:
    page = open_page("", color_scheme="dark")
    for path in KINDS[:4]:  # only colors differ
        page.goto(address + path)
        assert ours(violations(page)) == [], path


def test_breadcrumbs_previous_and_next_lead_through_the_site(open_page) -> None:
    page = open_page("architecture/components/database/")
    if page.locator(".md-path").count():
        assert "Components" in page.locator(".md-path").inner_text()
    footer = page.locator("nav.md-footer__inner a")
    assert footer.count() == 2
    footer.last.click()
    page.wait_for_url("**/components/**")
    assert page.locator("h1").count() == 1
