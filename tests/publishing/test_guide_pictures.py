"""The pictures of the guide are those that archgen draws from the examples; `--accept` draws them again."""

from __future__ import annotations

import re

import pytest

from archgen.draw.export import export
from archgen.pipeline import draw_views, load
from archgen.publishing.new_project import MODEL
from conftest import ROOT

FOLDER = ROOT / "docs" / "guide" / "pictures"
# By file: the example, the view and the coordinate.
PICTURES = {
    "azure-network": ("azure", "network", "azure, prod"),
    "boutique-data": ("boutique", "data", "gcp, prod, scale"),
    "boutique-network": ("boutique", "network", "gcp, prod, scale"),
    "brownfield-hybrid-network": ("brownfield", "hybrid-network", "aws, prod"),
    "brownfield-network": ("brownfield", "network", "aws, prod"),
    "serverless-events": ("serverless", "events", "aws, prod"),
    "serverless-network": ("serverless", "network", "aws, prod"),
}
LARGEST = 150_000  # bytes of one picture


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_archgen_draws_from_the_example(name: str, expect) -> None:  # type: ignore[no-untyped-def]
    example, view, coordinate = PICTURES[name]
    project = load(ROOT / "examples" / example / MODEL).project
    assert project
    at = next(c for c in project.resolved.architectures if str(c) == coordinate)
    drawn = export(draw_views(project, [view], at)[view], "svg").decode()
    assert len(drawn) < LARGEST
    expect(FOLDER / f"{name}.svg", drawn)


def test_the_guide_shows_every_picture_with_words_for_those_who_do_not_see_it() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in FOLDER.parent.glob("*.md"))
    shown = re.findall(r"\[!\[([^\]]+)\]\(pictures/([\w-]+)\.svg\)\]\(pictures/([\w-]+)\.svg\)", pages)
    assert {file.stem for file in FOLDER.iterdir()} == set(PICTURES) == {name for _, name, _ in shown}
    assert all(name == linked and len(words) > 60 for words, name, linked in shown)
