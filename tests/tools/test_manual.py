"""archgen's manual: it explains every kind and every diagnostic, and its links lead to its own pages."""

from __future__ import annotations

import html
import posixpath
import re
from pathlib import Path

import pytest
import yaml

from archgen.diagnostics.codes import titles
from archgen.model.component import all_kinds
from conftest import ROOT
from tools.manual import make_pages

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s]+?)(?:#([^)\s]*))?\)")


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual")
    make_pages(folder)
    return folder


def test_every_kind_and_every_diagnostic_is_explained(manual: Path) -> None:
    kinds = {file.stem for file in (manual / "docs/reference/kinds").glob("*.md")}
    assert kinds == set(all_kinds())
    pages = [file.read_text(encoding="utf-8") for file in (manual / "docs/diagnostics").glob("*.md")]
    text = html.unescape("\n".join(pages))
    assert set(re.findall(r"^## (\S+) \{#", text, re.MULTILINE)) == set(titles())
    queue = (manual / "docs/reference/kinds/queue.md").read_text(encoding="utf-8")
    assert all(cloud in queue for cloud in ("Amazon Web Services", "Google Cloud", "Microsoft Azure"))
    assert "this model" not in queue


def test_every_page_is_in_the_navigation(manual: Path) -> None:
    nav = str(yaml.safe_load((manual / ".archgen/site.yml").read_text(encoding="utf-8"))["nav"])
    pages = [file.relative_to(manual / "docs").as_posix() for file in (manual / "docs").rglob("*.md")]
    assert [page for page in pages if f"'{page}'" not in nav] == []


def test_links_lead_to_pages_of_the_manual(manual: Path) -> None:
    dead = []
    for file in (manual / "docs").rglob("*.md"):
        text = re.sub(r"(?s)```.*?```|`[^`]*`", "", file.read_text(encoding="utf-8"))
        for target, _anchor in LINK.findall(text):
            if not (file.parent / posixpath.normpath(target)).exists():
                dead.append((file.name, target))
    assert dead == []


def test_a_folder_with_other_pages_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/mine.md").write_text("# Mine\n")
    with pytest.raises(ValueError, match="other pages"):
        make_pages(tmp_path)
    assert (tmp_path / "docs/mine.md").is_file()


def test_the_site_of_the_reference_model_leaves_the_manual_out(built: Path) -> None:
    assert (built / "docs/guide/index.md").is_file()
    assert not (built / "site/guide").exists()
    assert not (built / "site/decisions").exists()
    assert "guide/" not in (built / ".archgen/site.yml").read_text(encoding="utf-8")
    assert (ROOT / "manual/index.md").is_file()


def test_old_addresses_lead_to_new_ones(built: Path) -> None:
    page = (built / "site/architecture/reference/kinds-store/index.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../kinds/">' in html.unescape(page)
    assert (built / "site/architecture/reference/kinds/index.html").is_file()
