"""A runbook in a browser: check marks belong to one environment and one run, production stands out, and it prints on one sheet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pymupdf
import pytest

pytestmark = pytest.mark.browser

PAGE = "architecture/runbooks/database-failover/"


def tab(page: Any, name: str) -> None:
    page.locator(".tabbed-labels label:visible", has_text=name).first.click()


def boxes(page: Any) -> Any:
    return page.locator(".tabbed-block:visible > ol > li .ag-done:visible")


def test_check_marks_survive_a_reload_and_belong_to_one_environment(open_page) -> None:
    page = open_page(PAGE)
    steps = boxes(page)
    count = steps.count()
    assert count >= 4
    assert "No run" in page.locator(".ag-run:visible").inner_text()
    steps.nth(0).check()
    steps.nth(2).check()
    assert re.search(r"2 of \d+ steps done", page.locator(".ag-run:visible").inner_text())
    page.reload()
    page.wait_for_selector(".ag-run:visible")
    assert [boxes(page).nth(n).is_checked() for n in range(3)] == [True, False, True]
    tab(page, "Staging")
    assert "No run" in page.locator(".ag-run:visible").inner_text()
    assert not boxes(page).nth(0).is_checked()
    tab(page, "Production")
    page.get_by_role("button", name="Start a new run").locator("visible=true").click()
    assert not boxes(page).nth(0).is_checked()
    assert "No run" in page.locator(".ag-run:visible").inner_text()


def test_an_earlier_incidents_ticks_are_offered_and_not_shown(open_page) -> None:
    page = open_page(PAGE)
    boxes(page).nth(0).check()
    page.evaluate(
        """() => { for (const key of Object.keys(localStorage)) if (key.startsWith("ag-run:")) {
            const run = JSON.parse(localStorage.getItem(key));
            run.started = new Date(Date.now() - 26 * 3600000).toISOString();
            localStorage.setItem(key, JSON.stringify(run));
        } }"""
    )
    page.reload()
    page.wait_for_selector(".ag-run:visible")
    bar = page.locator(".ag-run:visible")
    assert "An earlier run" in bar.inner_text()
    assert not boxes(page).nth(0).is_checked()
    bar.get_by_role("button", name="Continue it").click()
    assert boxes(page).nth(0).is_checked()


def test_production_is_marked_in_words_and_color(open_page) -> None:
    page = open_page(PAGE)
    production = page.locator(".ag-where:visible")
    color = production.evaluate("e => getComputedStyle(e).backgroundColor")
    assert "production" in production.inner_text().lower()
    tab(page, "Staging")
    staging = page.locator(".ag-where:visible")
    assert "not production" in staging.inner_text()
    assert staging.evaluate("e => getComputedStyle(e).backgroundColor") != color


def test_commands_that_get_in_are_shown_where_one_goes_on(open_page) -> None:
    page = open_page("architecture/runbooks/region-failover/")
    folds = page.locator("li:visible > details.ag-way-in")
    assert folds.count() > 4
    assert not folds.first.locator("pre").is_visible()
    page.locator("li:visible:has(+ li > details.ag-way-in) .ag-done").first.check()
    assert folds.first.locator("pre").first.is_visible()
    assert not folds.first.locator(".ag-otherwise ul").is_visible()
    assert not folds.nth(1).locator("pre").first.is_visible()


def test_a_phone_shows_the_steps_without_scrolling_sideways(open_page) -> None:
    page = open_page(PAGE)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".ag-done:visible").first.bounding_box()["width"] >= 24


LONGEST = {"point-in-time-restore", "region-failover"}  # on both sides of one sheet
SMALLEST = 6.9  # points: 7, as PDF rounds it


def pages_and_sizes(page: Any) -> tuple[int, float, str]:
    """What a page prints: the number of pages, the smallest size of text in points, and the text."""
    printed = pymupdf.open(stream=page.pdf(format="A4", print_background=True), filetype="pdf")
    spans = [
        span
        for sheet in printed
        for block in sheet.get_text("dict")["blocks"]
        for line in block.get("lines", ())
        for span in line["spans"]
        if span["text"].strip()
    ]
    return len(printed), min(span["size"] for span in spans), " ".join(sheet.get_text() for sheet in printed)


def test_every_runbook_prints_on_one_sheet_in_a_readable_size(open_page, built: Path, builder: str) -> None:
    names = sorted(
        file.stem
        for file in (built / "docs/architecture/runbooks").glob("*.md")
        if file.stem not in ("index", "rehearsals")
    )
    assert len(names) > 20
    page = open_page(PAGE)
    wrong = []
    for name in names if builder == "material" else ("database-failover", "region-failover"):
        page.goto(page.url.split("/architecture/")[0] + f"/architecture/runbooks/{name}/")
        page.wait_for_selector(".ag-run", state="attached")
        clouds = page.locator(".tabbed-labels").first.locator("label").all()
        for cloud in clouds if name in {*LONGEST, "deploy-and-roll-back"} else clouds[:1]:
            cloud.click()
            pages, size, text = pages_and_sizes(page)
            if pages > (2 if name in LONGEST else 1) or size < SMALLEST or "Do this" not in text:
                wrong.append((name, cloud.inner_text(), pages, size))
    assert not wrong


def test_a_command_that_no_one_can_type_is_not_on_paper(open_page) -> None:
    page = open_page("architecture/runbooks/credential-rotation/")
    long = page.locator(
        ".tabbed-block:visible > ol > li .ag-paper + .highlight, .tabbed-block:visible > ol > li .ag-paper + div"
    )
    assert long.count() > 2
    assert long.first.is_visible()
    assert not page.locator(".ag-paper:visible").count()
    _pages, _size, text = pages_and_sizes(page)
    assert text.count("Long command: copy it from the page") == long.count()
    assert "put-secret-value" not in text
    assert "describe-secret" in text or "rm -f" in text
