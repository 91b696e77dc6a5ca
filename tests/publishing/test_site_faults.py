"""What goes wrong while a site is built, or with what was kept before: the next build ends in what a clean build makes."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path

import pytest

from archgen.publishing import kept_pages
from archgen.publishing.site import build_site
from archgen.system import meanwhile, results
from clean_builds import clean_site, site
from conftest import tree

PAGES = {
    "index.md": "# Home\n\nSee [orders](orders.md#size).\n",
    "orders.md": "---\ntitle: Orders\n---\n# Orders\n\n## Size\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
}
DAY = 86_400

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two pages, of which nothing is kept."""
    monkeypatch.setenv("ARCHGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(meanwhile, "usable_cores", lambda: 1)
    root = tmp_path / "project"
    (root / "docs").mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: Shop\ntheme: {name: material, font: false}\n", encoding="utf-8")
    for name, text in PAGES.items():
        (root / "docs" / name).write_text(text, encoding="utf-8")
    return root


def edit(root: Path) -> None:
    page = root / "docs" / "orders.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nEdited.\n", encoding="utf-8")


@pytest.mark.parametrize("number", [1, 4])
def test_a_build_that_was_killed_while_it_kept_something(
    root: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = site(root)
    edit(root)
    if (pid := os.fork()) == 0:
        kept = iter(range(1, 100))
        replace = results._replace

        def killed(file: Path, content: bytes) -> None:
            if next(kept) == number:
                file.with_name("tmpkilled.new").write_bytes(content[:7])
                os.kill(os.getpid(), signal.SIGKILL)
            replace(file, content)

        results._replace = killed
        try:
            build_site(root)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert tree(root / "site") == before  # the old site is complete
    assert site(root) == clean_site(root, monkeypatch)


def test_a_full_disk_where_results_are_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, content: bytes) -> None:
        file.write_bytes(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as m:
        m.setattr(results, "_replace", full)
        made = site(root)
    assert made == clean_site(root, monkeypatch)
    assert site(root) == made


def test_a_full_disk_where_the_site_is_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = site(root)
    edit(root)

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as m:
        m.setattr("mkdocs.utils.write_file", full)
        assert [problem.code for problem in build_site(root)] == ["ARC-W002"]
    assert tree(root / "site") == before
    assert site(root) == clean_site(root, monkeypatch)


def test_a_clock_that_jumps(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site(root)
    for days in (-4000, 4000):
        at = time.time() + days * DAY
        edit(root)
        for file in [*(root.parent / "cache").rglob("*"), *(root / "docs").rglob("*")]:
            os.utime(file, (at, at))  # the time of the page says that it has not changed
        made = site(root)
    assert made == clean_site(root, monkeypatch)


def test_results_of_another_version(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = site(root)
    keep = results.Results.keep
    with monkeypatch.context() as m:  # another version kept something else of the same pages
        m.setattr(kept_pages, "_versions", lambda: ["another"])
        m.setattr("archgen.publishing.links._code", lambda: "another")
        m.setattr(results.Results, "keep", lambda self, key, _value: keep(self, key, ["another"]))
        site(root)
    assert site(root) == made


def test_two_builds_of_different_texts_that_share_what_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = root.with_name("other")
    (other / "docs").mkdir(parents=True)
    for file in ("mkdocs.yml", *(f"docs/{name}" for name in PAGES)):
        (other / file).write_bytes((root / file).read_bytes())
    edit(other)
    pids = []
    for project in (root, other):
        if (pid := os.fork()) == 0:
            code = 1
            try:
                code = 1 if build_site(project) else 0
            finally:
                os._exit(code)
        pids.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [0, 0]
    for project in (root, other):
        assert tree(project / "site") == clean_site(project, monkeypatch)
        assert site(project) == tree(project / "site")


def test_a_link_that_is_not_an_address_is_reported_with_its_page(root: Path) -> None:
    before = site(root)
    (root / "docs" / "orders.md").write_text("# Orders\n\n[sizes](https://[x)\n", encoding="utf-8")
    assert ["'orders.md'" in problem.message for problem in build_site(root)] == [True]
    assert tree(root / "site") == before
