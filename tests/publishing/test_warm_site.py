"""A page that the site builder makes alone, from what the last build left in memory, is the page of a whole build."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.publishing.site import build_site
from archgen.publishing.warm_site import WarmSite

PAGES = {
    "index.md": "# Home\n\nSee [the other page](other.md#second).\n",
    "other.md": "# Other\n\nText.\n\n## Second\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n",
}


class _Superseded(Exception):  # noqa: N818  # it is no error
    pass


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    for name, text in PAGES.items():
        (tmp_path / "docs" / name).write_text(text, encoding="utf-8")
    config = "site_name: Small\ntheme: {name: material, font: false}\nplugins: [search]\nnav: [index.md, other.md]\n"
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_page_that_is_made_alone_is_as_in_a_build(project: Path) -> None:
    warm = WarmSite(lambda: None)
    assert warm.sources() == {}
    assert build_site(project, warm) == []
    assert warm.sources()["other/index.html"] == "docs/other.md"
    text = PAGES["other.md"].replace("Text.", "A changed text.")
    made = warm.make("other/index.html", text.encode(), "Other")
    broken = warm.make(
        "other/index.html", text.replace("Text", "[x](missing.md)").encode() + b"\n[x](missing.md)\n", "Other"
    )
    (project / "docs/other.md").write_text(text, encoding="utf-8")
    assert build_site(project, warm) == []
    assert made == (project / "site/other/index.html").read_bytes()
    assert b"A changed text." in made
    assert broken is None


def test_a_build_that_is_superseded_ends_and_leaves_the_site(project: Path) -> None:
    assert build_site(project) == []
    before = (project / "site/index.html").read_bytes()

    def interrupt() -> None:
        raise _Superseded

    (project / "docs/index.md").write_text("# Changed\n", encoding="utf-8")
    with pytest.raises(_Superseded):
        build_site(project, WarmSite(interrupt))
    assert (project / "site/index.html").read_bytes() == before
