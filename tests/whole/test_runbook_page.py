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


def test_a_phone_shows_the_steps_without_scrolling_sideways(open_page) -> None:
    page = open_page(PAGE)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".ag-done:visible").first.bounding_box()["width"] >= 24


def test_every_runbook_prints_on_one_sheet(open_page, built: Path, builder: str) -> None:
    names = sorted(
        file.stem
        for file in (built / "docs/architecture/runbooks").glob("*.md")
        if file.stem not in ("index", "rehearsals")
    )
    assert len(names) > 20
    page = open_page(PAGE)
    long = []
    for name in names if builder == "material" else ("database-failover", "region-failover"):
        page.goto(page.url.split("/architecture/")[0] + f"/architecture/runbooks/{name}/")
        page.wait_for_selector(".ag-run", state="attached")
        if len(pymupdf.open(stream=page.pdf(format="A4", print_background=True), filetype="pdf")) != 1:
            long.append(name)
    assert not long
