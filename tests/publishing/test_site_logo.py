"""The logo of a site: a picture of the project, or a problem at the line that names it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgen.publishing.site import build_site
from archgen.publishing.site_logo import logo_problems

CONFIG = "INHERIT: base.yml\nsite_url: !ENV [SITE_URL, '']\ntheme:\n  name: material\n  font: false\n  logo: {}\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><rect width="60" height="20"/></svg>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two pages, without a logo."""
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "docs" / "index.md").write_text("# Home\n", encoding="utf-8")
    (tmp_path / "docs" / "deep" / "page.md").write_text("# Page\n", encoding="utf-8")
    (tmp_path / "docs" / "logo.svg").write_text(SVG, encoding="utf-8")
    (tmp_path / "outside.svg").write_text(SVG, encoding="utf-8")
    (tmp_path / "base.yml").write_text("site_name: Shop\n", encoding="utf-8")
    return tmp_path


def test_each_page_shows_the_logo(root: Path) -> None:
    (root / "mkdocs.yml").write_text(CONFIG.format("logo.svg"), encoding="utf-8")
    assert build_site(root) == []
    for page, address in (("index.html", "logo.svg"), ("deep/page/index.html", "../../logo.svg")):
        assert re.search(rf'<img src="{address}"', (root / "site" / page).read_text(encoding="utf-8"))
    assert (root / "site" / "logo.svg").read_text(encoding="utf-8") == SVG


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.svg", "No such file"),
        ("../outside.svg", "it is outside of the folder docs"),
        ("index.md", "it is not a picture (SVG, PNG, WEBP, ICO, JPG, JPEG)"),
        ("https://example.com/logo.svg", "pages load nothing from other servers"),
    ],
)
def test_a_logo_that_cannot_be_used_is_a_problem_at_its_line(root: Path, name: str, why: str) -> None:
    (root / "mkdocs.yml").write_text(CONFIG.format(name), encoding="utf-8")
    (problem,) = build_site(root)
    assert f"the logo '{name}' cannot be used: {why}" in problem.message
    assert problem.span is not None
    assert (problem.span.file, problem.span.line, problem.span.column) == ("mkdocs.yml", 6, 9)
    assert not (root / "site").exists()


def test_an_inherited_logo_is_checked(root: Path) -> None:
    (root / "mkdocs.yml").write_text("INHERIT: base.yml\n", encoding="utf-8")
    (problem,) = logo_problems(root, "mkdocs.yml", root / "docs", {"logo": "missing.svg", "favicon": "logo.svg"})
    assert (problem.span, problem.subject) == (None, "mkdocs.yml")
