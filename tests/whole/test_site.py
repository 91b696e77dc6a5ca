"""Pages in real Chromium, and the same pages from the other site builder."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from browsing import build_with_zensical
from conftest import DATA, MINIMAL, archgen
from visiting import Visits


def html_pages(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*.html")}


def test_zensical_builds_the_same_pages(built: Path, zensical: Path) -> None:
    assert html_pages(zensical) == html_pages(built / "site")


@pytest.mark.browser
def test_every_page_opens_without_a_complaint_and_fits_a_phone(visits: Visits) -> None:
    assert len(visits) == 45
    assert {path: seen["complaints"] for path, seen in visits.items() if seen["complaints"]} == {}
    assert {path for path, seen in visits.items() if seen["headings"] != 1} == set()
    assert {path for path, seen in visits.items() if seen["phone"] > 360} == set()


@pytest.mark.browser
def test_no_page_is_long_while_its_folds_are_closed(visits: Visits) -> None:
    assert {path: seen["height"] for path, seen in visits.items() if seen["height"] > 8000} == {}


@pytest.mark.parametrize("builder", ["material", "zensical"])
def test_the_search_index_has_the_identifiers_and_no_pictures(built: Path, zensical: Path, builder: str) -> None:
    index = (zensical / "search.json") if builder == "zensical" else (built / "site/search/search_index.json")
    text = index.read_text(encoding="utf-8")
    assert "innovate-prod-database" in text
    assert "base64" not in text


@pytest.mark.browser
def test_search_finds_the_database_by_its_identifier(open_page) -> None:
    page = open_page("", searched=True)
    if page.locator("[data-md-component=search-query]").count() == 0:
        return  # the other builder has a different search over the same index
    page.keyboard.press("/")
    page.keyboard.type("innovate-prod-database")
    page.locator("a.md-search-result__link[href*='components/database']").first.wait_for()


@pytest.mark.browser
def test_a_node_leads_to_its_page_by_mouse_and_keyboard(open_page) -> None:
    for how in ("click", "Enter"):
        page = open_page("architecture/network/")
        link = page.locator("svg.ag-aws a", has=page.locator("#network-aws-cdn"))
        if how == "click":
            link.click()
        else:
            link.focus()
            page.keyboard.press("Enter")
        page.wait_for_url("**/architecture/components/cdn/")
        assert page.locator("h1").inner_text().startswith("CDN")


@pytest.mark.browser
def test_tabs_switch_the_cloud(open_page) -> None:
    page = open_page("architecture/network/")
    assert page.locator("svg.ag-aws").is_visible()
    assert not page.locator("svg.ag-gcp").is_visible()
    page.get_by_text("GCP", exact=True).first.click()
    assert page.locator("svg.ag-gcp").is_visible()


@pytest.mark.browser
def test_text_in_pictures_is_large_and_stands_out_from_what_is_painted_behind_it(visits: Visits, builder: str) -> None:
    sizes = {path: seen["smallest"] for path, seen in visits.items() if "smallest" in seen}
    assert len(sizes) == 15
    assert {path for path, size in sizes.items() if size < 10.9} == set()
    found = [(path, *one) for path, seen in visits.items() for one in seen.get("contrast", ())]
    assert [one for one in found if one[-1]] == []
    for scheme in ("light", "dark"):
        assert sum(count for _path, of, _cloud, count, _bad in found if of == scheme) > (
            600 if builder == "material" else 200
        )


@pytest.mark.browser
@pytest.mark.parametrize("what", ["scrolled", "clipped", "broken"])
def test_tables_fit_a_phone(visits: Visits, what: str) -> None:
    found = {path: seen["phone_tables"][what] for path, seen in visits.items()}
    assert {path: some for path, some in found.items() if some} == {}


@pytest.mark.browser
def test_a_phone_shows_the_whole_picture_and_a_tap_enlarges_it_there(open_page) -> None:
    page = open_page("architecture/network/", viewport={"width": 360, "height": 740}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    region = page.locator(".ag-scroll").first
    assert region.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".ag-hint").first.inner_text().startswith("Tap the picture")
    page.locator(".ag-bar").first.evaluate("e => e.scrollIntoView()")
    box = page.locator("#network-aws-cdn").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    large = page.locator("#network-aws-cdn").bounding_box()
    assert large["width"] > 2 * box["width"]
    frame = region.bounding_box()
    assert frame["x"] <= large["x"] <= large["x"] + large["width"] <= frame["x"] + frame["width"]
    assert frame["height"] > 400
    page.touchscreen.tap(large["x"] + large["width"] / 2, large["y"] + large["height"] / 2)
    page.wait_for_url("**/architecture/components/cdn/")


@pytest.mark.browser
def test_a_chosen_environment_is_kept_on_the_other_cloud_and_the_next_page(open_page) -> None:
    page = open_page("architecture/network/")
    page.locator(".ag-bar").get_by_label("Environment").first.select_option("dev")
    page.wait_for_selector("svg.ag-aws text:has-text('Account Non-Prod')")
    assert page.locator(".ag-bar").get_by_label("Environment").last.input_value() == "dev"
    page.goto(page.url.replace("/network/", "/data/"))
    page.wait_for_function("document.querySelector('.ag-said').textContent.includes('Development')")
    assert page.locator(".ag-bar").get_by_label("Environment").first.input_value() == "dev"


@pytest.mark.browser
def test_without_javascript_everything_is_there(open_page) -> None:
    page = open_page("architecture/network/", java_script_enabled=False)
    assert page.locator("svg.ag-aws").is_visible()
    assert page.locator("svg.ag-aws a").count() > 20
    page = open_page("architecture/runbooks/database-failover/", java_script_enabled=False)
    assert page.get_by_text("--force-failover").first.is_visible()


@pytest.mark.browser
def test_an_address_that_does_not_exist_leads_on(chromium, published: str) -> None:
    root = published.removesuffix("/sub/")  # a host shows this page at any depth, so its links begin at the root
    page = chromium.new_page()
    page.route(f"{root}/**", lambda r: r.continue_(url=r.request.url.replace(root, f"{published}searched", 1)))
    page.goto(f"{root}/404.html")
    page.locator(".md-content h1 + p a", has_text="home page").wait_for(timeout=10_000)
    page.close()


class _Markup(HTMLParser):
    """What in a page could act: inline scripts, event handlers, addresses that are code."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: set[str] = set()
        self.acts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script"
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.acts.append(f"{tag} {name}={value}")
        if tag in ("iframe", "object", "embed", "base"):
            self.acts.append(tag)

    def handle_data(self, data: str) -> None:
        if self._inside and "__config" not in data and "__md_scope" not in data:
            self.scripts.add(data.strip())

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


def acting(site: Path) -> tuple[set[str], list[str]]:
    scripts: set[str] = set()
    acts: list[str] = []
    for file in site.rglob("*.html"):
        reader = _Markup()
        reader.feed(file.read_text(encoding="utf-8"))
        scripts |= reader.scripts
        acts += [f"{file.parent.name}: {act}" for act in reader.acts]
    return scripts, acts


EVIL = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</title><script>alert(1)</script>", "[x](javascript:alert(1))",
        "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;", '" onmouseover="alert(1)', "{{7*7}}", "{% raw %}", "--8<-- 'x'",
        "x](u){ onclick=alert(1) }", "`</code><script>alert(1)</script>", "&#60;script&#62;alert(1)&#60;/script&#62;"]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("builder", ["material", "zensical"])
def test_text_of_a_model_never_becomes_markup_of_the_site(minimal: Path, builder: str) -> None:
    def sites() -> tuple[set[str], list[str]]:
        made = archgen("build", *(["--no-site"] if builder == "zensical" else []), cwd=minimal)
        assert made.code == 0, made.err
        if builder == "zensical":
            build_with_zensical(minimal)
        return acting(minimal / "site")

    usual, none = sites()
    assert none == []
    blns = json.loads((DATA / "blns.json").read_text(encoding="utf-8"))
    strings = [text for text in (*EVIL, *blns[::12]) if text.strip() and text.isprintable()]
    model = MINIMAL.replace("name: Small Shop", f"name: {json.dumps(EVIL[2])}")
    for number, text in enumerate(strings):
        quoted = json.dumps(text, ensure_ascii=False)
        model += f"  c{number}: {{kind: service, title: {quoted}, purpose: {quoted}, calls: {{orders: {{purpose: {quoted}}}}}}}\n"
    model += "summary:\n" + "".join(f"  {key}: {json.dumps(EVIL[n])}\n" for n, key in enumerate(("tagline", "text")))
    (minimal / "architecture.yaml").write_text(model, encoding="utf-8")
    scripts, acts = sites()
    assert acts == []
    assert scripts == usual
