"""A component that gets another ID is asked about, because Terraform would destroy what it made."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.comparing.renames import perhaps_renamed
from archgen.comparing.review import ReviewedSide, review
from archgen.comparing.verdict import tasks
from archgen.comparing.words import plain
from archgen.pipeline import check, load

MODEL = """\
version: 2
name: Shop
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}
environments: {live: {name: Live, aws: {account: live, cidr: 10.20.0.0/16}}}
components:
  images: {kind: registry, title: Images, product: ecr}
  jobs: {kind: queue, title: Jobs, product: sqs}
terraform: {stacks: {images: {purpose: Images., modules: [ecr]}}}
"""


def side(folder: Path, text: str) -> ReviewedSide:
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return ReviewedSide(loaded.project, check(loaded.project).judgment)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("  images:", "  pictures:", {"images": "pictures"}),
        ("  images: {", "  pictures: {formerly: [images], ", {}),
        (
            "  images: {kind: registry, title: Images, product: ecr}",
            "  images2: {kind: queue, title: Q, product: sqs}",
            {},
        ),
        ("  images: {", "  one: {kind: registry, title: One, product: ecr}\n  two: {", {}),  # it could be either
    ],
)
def test_a_component_with_another_id_is_perhaps_the_same(
    tmp_path: Path, old: str, new: str, found: dict[str, str]
) -> None:
    before, after = side(tmp_path, MODEL), side(tmp_path, MODEL.replace(old, new))
    assert perhaps_renamed(before.resolved.default, after.resolved.default) == found
    said = [text for text in map(plain, tasks(review(before, after))) if text.startswith("If ")]
    expected = "If images is the same under another ID, add formerly: [images] to pictures, so that Terraform moves what exists."
    assert said == ([expected] if found else [])
