"""Pages that `archgen serve` changes in place while they are open, in Chromium."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import processes
from conftest import MINIMAL, MKDOCS

pytestmark = pytest.mark.slow
DEV = "  dev: {name: Dev, aws: {account: test, cidr: 10.1.0.0/16}}\n"
MODEL = MINIMAL.replace("  live:\n", f"{DEV}  live:\n", 1) + "  reports: {kind: service, title: Reports}\n"
PATIENCE = 60_000  # milliseconds that a build may take on a busy machine


class Served:
    """A project that is being served, with one of its pages open in a browser."""

    def __init__(self, root: Path, address: str, page: Any) -> None:
        self.root, self.address, self.page = root, address, page
        self.complaints: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def open(self, path: str) -> Any:
        """Open a page, with a mark in its window, which lasts until the page is loaded again."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector("#archgen-live[data-ready]", state="attached")
        self.page.evaluate("window.mark = 'the same window'")
        return self.page

    def edit(self, old: str, new: str) -> None:
        """Save the model with a change."""
        model = self.root / "architecture.yaml"
        text = model.read_text(encoding="utf-8")
        assert old in text
        model.write_text(text.replace(old, new, 1), encoding="utf-8")

    def wait(self, condition: str) -> None:
        """Wait until an expression of JavaScript is true."""
        self.page.wait_for_function(condition, timeout=PATIENCE)

    @property
    def early(self) -> int:
        """How often files were ready before the rest of their site."""
        return int(
            self.page.evaluate("fetch('/_archgen/state?seen=0&early=99').then(a => a.json()).then(s => s.early)")
        )

    @property
    def is_same_window(self) -> bool:
        return bool(self.page.evaluate("window.mark === 'the same window'"))


@pytest.fixture(scope="module")
def served(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("live")
    (root / "architecture.yaml").write_text(MODEL, encoding="utf-8")
    (root / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    process = subprocess.Popen(
        processes.command("serve", "--port", "0", "--today", "2026-11-25"),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    address = process.stdout.readline().split()[0]
    assert "first build: published" in process.stdout.readline()
    context = chromium.new_context(viewport={"width": 1280, "height": 420})
    try:
        yield Served(root, address, context.new_page())
    finally:
        context.close()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


@pytest.fixture(autouse=True)
def no_complaints(served: Served) -> Iterator[None]:
    """The page writes nothing to the console in any test."""
    served.complaints.clear()
    yield
    assert served.complaints == []


def says(text: str) -> str:
    return f"document.querySelector('.md-content').textContent.includes({text!r})"


VIEW_BOX = "document.querySelector('svg.ag').getAttribute('viewBox')"


def zoom_in(page: Any) -> list[float]:
    """Zoom into the first picture; returns the part that it shows."""
    whole = page.evaluate(VIEW_BOX)
    page.click("[data-do=in]")
    page.click("[data-do=in]")
    part = page.evaluate(VIEW_BOX)
    assert part != whole
    return [float(number) for number in part.split()]


def test_a_title_changes_in_place_and_the_page_stays_where_it_is(served: Served) -> None:
    page = served.open("architecture/components/orders/")
    page.evaluate("window.scrollTo({top: 300, behavior: 'instant'})")
    page.evaluate("document.querySelectorAll('.md-content details').forEach(fold => { fold.open = !fold.open; })")
    folds = "Array.from(document.querySelectorAll('.md-content details')).map(fold => fold.open)"
    before = page.evaluate(folds)
    assert before
    early = served.early
    served.edit("title: Orders", "title: Ledger")
    served.wait(says("Ledger"))
    assert served.is_same_window
    assert served.early > early  # the page is made before the others
    assert "Ledger" in page.title()
    assert page.evaluate("window.scrollY") == pytest.approx(300, abs=40)
    assert page.evaluate(folds) == before
    assert page.evaluate("document.querySelectorAll('.ag-bar:not([hidden])').length") == 1  # set up again, once


def test_a_setting_changes_in_place_and_the_picture_stays_enlarged(served: Served) -> None:
    page = served.open("architecture/components/orders/")
    part = zoom_in(page)
    served.edit("retention_days: 7", "retention_days: 9")
    served.wait(says("9"))
    served.wait("!" + says("backup.retention_days 7"))
    assert served.is_same_window
    assert [float(n) for n in page.evaluate(VIEW_BOX).split()] == pytest.approx(part, abs=2)
    page.click("[data-do=whole]")  # its buttons work
    assert [float(n) for n in page.evaluate(VIEW_BOX).split()][2] > part[2]


def test_a_connection_appears_in_the_picture(served: Served) -> None:
    page = served.open("architecture/components/orders/")
    edges = "document.querySelectorAll('svg.ag .ag-edge').length"
    before = page.evaluate(edges)
    part = zoom_in(page)
    served.edit("title: Reports", "title: Reports, calls: {orders: {port: 5432, protocol: postgresql}}")
    served.wait(f"{edges} > {before}")
    assert served.is_same_window
    assert [float(n) for n in page.evaluate(VIEW_BOX).split()][2] == pytest.approx(part[2], abs=2)


def test_a_picture_of_another_environment_stays_and_changes(served: Served) -> None:
    page = served.open("architecture/context/")
    page.select_option(".ag-bar select", "dev")
    served.wait("document.querySelector('.ag-said').textContent.includes('Dev')")
    part = zoom_in(page)
    served.edit("title: Shop", "title: Storefront")
    served.wait("document.querySelector('svg.ag').textContent.includes('Storefront')")
    assert served.is_same_window
    assert page.evaluate("document.querySelector('.ag-bar select').value") == "dev"
    served.wait("document.querySelector('.ag-where').textContent.includes('Dev')")
    served.wait(
        f"Math.abs({VIEW_BOX}.split(' ')[2] - {part[2]}) < 2"
    )  # once the picture of this environment is loaded again


def test_a_broken_model_is_reported_and_the_page_recovers(served: Served) -> None:
    page = served.open("architecture/components/shop/")
    served.edit("storage_gib: 20", "storage_gip: 20")
    served.wait("document.getElementById('archgen-problems')?.textContent.includes(\"did you mean 'storage_gib'?\")")
    assert page.evaluate("document.querySelector('.md-content h1').textContent")  # the last valid page stays
    served.edit("storage_gip: 20", "storage_gib: 30")
    served.wait("!document.getElementById('archgen-problems')")
    assert served.is_same_window


def test_a_page_whose_style_sheet_has_changed_is_loaded_again(served: Served) -> None:
    served.open("architecture/components/shop/")
    style = Path(__file__).parents[2] / "templates" / "assets" / "look.css"
    own = served.root / "templates" / "assets" / "look.css"
    own.parent.mkdir(parents=True)
    own.write_text(style.read_text(encoding="utf-8") + "\n.md-content { outline: 3px solid rgb(1, 2, 3); }\n")
    served.wait("getComputedStyle(document.querySelector('.md-content')).outlineColor === 'rgb(1, 2, 3)'")
    assert not served.is_same_window


def test_a_page_that_no_longer_exists_is_loaded_again(served: Served) -> None:
    page = served.open("architecture/components/visitors/")
    model = served.root / "architecture.yaml"
    text = model.read_text(encoding="utf-8")
    model.write_text(re.sub(r"  visitors:\n(    .*\n)+", "", text), encoding="utf-8")
    served.wait("document.body.textContent.includes('404')")
    served.complaints.clear()  # browsers report an address that does not exist
    model.write_text(text, encoding="utf-8")
    page.goto("about:blank")
