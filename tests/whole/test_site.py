"""Pages in real Chromium, and the same pages from the other site builder."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from browsing import KINDS, build_with_zensical
from conftest import DATA, MINIMAL, archgen

VIEWS = ["context", "organization", "edge", "network", "platform", "data", "delivery", "identity", "audit", "observability",
         "phases", "stacks", "flow-request", "flow-deploy"]  # fmt: skip
PAGES = ["", *(f"architecture/{view}/" for view in VIEWS), "architecture/parity/", "architecture/components/database/",
         "architecture/runbooks/database-failover/", "architecture/terraform/05-data/", "architecture/environments/",
         "architecture/connections/", "architecture/sources/design/", "architecture/decisions/", "architecture/start/",
         "architecture/start/tour/", "architecture/start/weeks/", "architecture/glossary/", "architecture/health/"]  # fmt: skip


def html_pages(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*.html")}


def test_zensical_builds_the_same_pages(built: Path, zensical: Path) -> None:
    assert html_pages(zensical) == html_pages(built / "site")


@pytest.mark.browser
def test_every_page_opens_without_a_complaint_and_fits_a_phone(open_page, address: str) -> None:
    page = open_page("")
    wide = []
    for path in dict.fromkeys((*PAGES, *KINDS)):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address + path)
        assert page.locator("h1").count() == 1, path
        page.set_viewport_size({"width": 360, "height": 740})
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
    assert wide == []


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
def test_text_in_pictures_is_large_and_stands_out_from_what_is_painted_behind_it(open_page, address: str) -> None:
    count = {"light": 0, "dark": 0}
    page = open_page("")
    other = page.locator("[data-md-component=search-query]").count() == 0
    for path in ("", *(f"architecture/{view}/" for view in VIEWS)):
        page.goto(address + path)
        assert page.evaluate(SMALLEST) >= 10.9, path
        # The pictures of both builders are the same, the page behind them is not.
        if not path or (other and path.split("/")[1] not in VIEWS[:6]):
            continue
        for scheme, color in (("dark", "slate"), ("light", "default")):
            page.emulate_media(color_scheme=scheme)
            page.locator("[data-md-component=palette] label:visible").click()
            assert page.locator("body").get_attribute("data-md-color-scheme") == color
            for cloud in ("GCP", "AWS"):  # the next page opens with the last one
                page.locator(".tabbed-labels label", has_text=cloud).first.click()
                found = page.evaluate(CONTRAST)
                count[scheme] += found["count"]
                assert found["bad"] == [], (path, scheme, cloud)
    assert min(count.values()) > (200 if other else 600)


# In pixels.
SMALLEST = """Math.min(...[...document.querySelectorAll('svg.ag-aws text')].map(
  t => parseFloat(getComputedStyle(t).fontSize) * t.getCTM().a))"""
# For every text of every picture: its own ground, the fill of the innermost box around it that has one, or the page's.
CONTRAST = """() => {
  const rgb = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3) };
  const lum = c => { const [r, g, b] = c.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                     return .2126 * r + .7152 * g + .0722 * b };
  const page = rgb(getComputedStyle(document.body).backgroundColor) || [255, 255, 255];
  const bad = []; let count = 0;
  for (const svg of document.querySelectorAll('svg.ag')) {
    if (!svg.getBBox().width) continue;
    const boxes = [...svg.querySelectorAll('rect.ag-box')].map(r => [r.getBBox(), getComputedStyle(r).fill])
      .filter(([, fill]) => fill !== 'none').sort((a, b) => a[0].width * a[0].height - b[0].width * b[0].height);
    for (const text of svg.querySelectorAll('text:not(.ag-letters)')) {
      count++;
      const t = text.getBBox(), x = t.x + t.width / 2, y = t.y + t.height / 2;
      const around = boxes.find(([b]) => b.x <= x && x <= b.x + b.width && b.y <= y && y <= b.y + b.height);
      const under = text.previousElementSibling;
      const behind = under && under.matches('.ag-under') ? rgb(getComputedStyle(under).fill) : around ? rgb(around[1]) : page;
      const [a, b] = [lum(rgb(getComputedStyle(text).fill)), lum(behind)].sort((p, q) => q - p);
      if ((a + .05) / (b + .05) < 4.5) bad.push(text.textContent);
    }
  }
  return { count, bad };
}"""


@pytest.mark.browser
def test_a_phone_scrolls_the_picture_and_not_the_page(open_page) -> None:
    page = open_page("architecture/network/", viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(
        "(() => { const e = document.querySelector('.ag-scroll'); return e.scrollWidth > e.clientWidth })()"
    )


@pytest.mark.browser
def test_without_javascript_everything_is_there(open_page) -> None:
    page = open_page("architecture/network/", java_script_enabled=False)
    assert page.locator("svg.ag-aws").is_visible()
    assert page.locator("svg.ag-aws a").count() > 20
    page = open_page("architecture/runbooks/database-failover/", java_script_enabled=False)
    assert page.get_by_text("--force-failover").first.is_visible()


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
