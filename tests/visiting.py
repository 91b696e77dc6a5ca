"""Opens each page of the reference site once in Chromium, and records everything that tests ask about a whole site.

Opening a page takes longer than most questions about it. So tests of one aspect of every page do not open the pages themselves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from browsing import KINDS, complain_to
from sharing import Shared

VIEWS = ["context", "organization", "edge", "network", "platform", "data", "delivery", "identity", "audit", "observability",
         "phases", "stacks", "flow-request", "flow-deploy"]  # fmt: skip
PAGES = ["", *(f"architecture/{view}/" for view in VIEWS), "architecture/parity/", "architecture/components/database/",
         "architecture/runbooks/database-failover/", "architecture/runbooks/region-failover/",
         "architecture/runbooks/point-in-time-restore/", "architecture/terraform/05-data/", "architecture/environments/",
         "architecture/connections/", "architecture/sources/design/", "architecture/decisions/", "architecture/start/",
         "architecture/start/tour/", "architecture/start/weeks/", "architecture/glossary/", "architecture/health/",
         "architecture/diagnostics/ha/", "architecture/reference/modules/", "architecture/reference/products/"]  # fmt: skip
ILLUSTRATED = ("", *(f"architecture/{view}/" for view in VIEWS))

# In pixels.
SMALLEST = """Math.min(...[...document.querySelectorAll('svg.ag-aws text')].map(
  t => parseFloat(getComputedStyle(t).fontSize) * t.getCTM().a))"""
# Clicks the first visible element with a text. A click with the mouse first waits for the page to rest, and draws it with a pointer on it.
CHOOSE = """([elements, text]) => [...document.querySelectorAll(elements)].find(
  e => e.getClientRects().length && e.textContent.includes(text)).click()"""
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
HEIGHT = "document.documentElement.scrollHeight"
# At the width of a phone: tables that scroll sideways, controls that are cut off, and words that are broken in the middle.
PHONE = """() => {
  const inside = document.querySelector('.md-content'), wide = document.documentElement.clientWidth;
  const scrolled = [...inside.querySelectorAll('table')].filter(t => t.checkVisibility()
    && (t.scrollWidth > t.clientWidth + 1 || t.getBoundingClientRect().right > wide)).map(t => t.textContent.trim().slice(0, 60));
  const clipped = [...inside.querySelectorAll('button, input, select, summary')].filter(c => c.checkVisibility()
    && !c.closest('pre') && c.getBoundingClientRect().right > wide).map(c => c.outerHTML.slice(0, 80));
  const broken = [], part = document.createRange();
  for (const cell of inside.querySelectorAll('td')) {
    if (!cell.checkVisibility()) continue;
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[A-Za-z]{4,24}/g)) {
      part.setStart(texts.currentNode, word.index);
      part.setEnd(texts.currentNode, word.index + word[0].length);
      if (part.getClientRects().length > 1) broken.push(word[0]);
    }
  }
  return { scrolled, clipped, broken };
}"""
# Colors that a theme chose are of no interest, and comparing them takes longer than all else: this marks what counts.
OURS = """document.querySelectorAll("body *").forEach(e => {
  if (e.outerHTML.slice(0, 200).includes("ag-")) e.setAttribute("data-ours", "") });
axe.configure({rules: [{id: "color-contrast", selector: "[data-ours]"}]});"""

Visits = dict[str, dict[str, Any]]  # what was recorded about each page, by path
Violation = tuple[str, str]  # the rule, and the beginning of the element's HTML


def violations(page: Any) -> list[Violation]:
    """What axe finds wrong with an open page."""
    from axe_playwright_python.base import AXE_SCRIPT
    from axe_playwright_python.sync_playwright import Axe

    # Describing each element that has passed a rule takes as long as finding what is wrong.
    options = {"resultTypes": ["violations"]}
    found = Axe(f"{AXE_SCRIPT}\n{OURS}").run(page, options=options).response["violations"]
    return [(violation["id"], node["html"][:200]) for violation in found for node in violation["nodes"]]


@pytest.fixture(scope="session")
def visits(chromium, builder: str, published: str, address: str, shared: Shared) -> Visits:
    """What was recorded about each page of a site, by path. Only the first test of all workers that asks for it opens the pages."""

    def make(root: Path) -> None:
        page = chromium.new_page()  # the same one for all: another one would start another process
        complaints: list[str] = []
        complain_to(complaints, page, published)
        visited = {}
        for path in dict.fromkeys((*PAGES, *KINDS)):
            complaints.clear()
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(address + path)
            visited[path] = {**_look_at(page, builder, path), "complaints": list(complaints)}
        page.close()
        (root / "visits.json").write_text(json.dumps(visited), encoding="utf-8")

    folder = shared.folder(f"visits-{builder}", make)
    recorded: Visits = json.loads((folder / "visits.json").read_text(encoding="utf-8"))
    return recorded


def _look_at(page: Any, builder: str, path: str) -> dict[str, Any]:
    """The record of an open page; it ends with the width of a phone."""
    seen: dict[str, Any] = {"headings": page.locator("h1").count(), "height": page.evaluate(HEIGHT)}
    # archgen's output is the same with the other site builder, except for colors: a few pages are enough.
    if path in (KINDS if builder == "material" else KINDS[:4]):
        seen["violations"] = violations(page)
    if path in ILLUSTRATED:
        seen["smallest"] = page.evaluate(SMALLEST)
    if path in (ILLUSTRATED[1:] if builder == "material" else ILLUSTRATED[1:7]):
        seen["contrast"] = list(_contrast(page))
    page.set_viewport_size({"width": 360, "height": 740})
    seen["phone"] = page.evaluate("document.documentElement.scrollWidth")
    seen["phone_tables"] = page.evaluate(PHONE)
    return seen


def _contrast(page: Any) -> Any:
    """The texts of both clouds in both schemes: the scheme, the cloud, how many there are, and those that are hard to read."""
    for scheme, color in (("dark", "slate"), ("light", "default")):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(CHOOSE, ["[data-md-component=palette] label", ""])
        page.locator(f"body[data-md-color-scheme={color}]").wait_for(state="attached")
        for cloud in ("GCP", "AWS"):  # the next page opens with the last one
            page.evaluate(CHOOSE, [".tabbed-labels label", cloud])
            found = page.evaluate(CONTRAST)
            yield scheme, cloud, found["count"], found["bad"]
