"""A model split over files."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.pipeline import load
from conftest import MINIMAL, archgen

TEAMS = """\
teams:
  shop: {name: Shop}
components:
  cache: {kind: cache, title: Cache, owner: shop, product: elasticache}
"""
HEAD, COMPONENTS = MINIMAL.split("components:\n")


def split(root: Path, main: str = "include: [parts/components.yaml, teams.yaml]\n", **files: str) -> Path:
    (root / "parts").mkdir(exist_ok=True)
    written = {
        "architecture.yaml": HEAD + main,
        "parts/components.yaml": f"components:\n{COMPONENTS}",
        "teams.yaml": TEAMS,
        **files,
    }
    for name, text in written.items():
        (root / name).write_text(text)
    return root / "architecture.yaml"


def test_files_are_merged_by_key_and_every_value_knows_its_file(tmp_path: Path) -> None:
    loaded = load(split(tmp_path))
    assert loaded.project, loaded.diagnostics
    architecture = loaded.project.resolved.default
    assert set(architecture.components) == {"visitors", "shop", "orders", "cache"}
    assert architecture.stated_at("components", "cache").file == "teams.yaml"
    assert architecture.stated_at("components", "orders", "size").file == "parts/components.yaml"
    result = archgen("show", "components.cache.owner", cwd=tmp_path)
    assert result.out.split() == ["everywhere", "shop", "teams.yaml:4"]


def test_a_split_model_means_the_same_and_builds(tmp_path: Path) -> None:
    split(tmp_path, **{"teams.yaml": "teams: {shop: {name: Shop}}\n"})
    assert archgen("build", "--no-site", cwd=tmp_path).code == 0
    page = (tmp_path / "docs/architecture/components/orders.md").read_text()
    assert "<code>parts&#47;components&#46;yaml</code>" in page


def test_problems_of_all_files_are_shown_with_their_own_lines(tmp_path: Path) -> None:
    split(tmp_path)
    (tmp_path / "teams.yaml").write_text("teams:\n  shop: {nmae: Shop}\n")
    (tmp_path / "parts/components.yaml").write_text("components:\n  shop: {kind: servce, title: Shop}\n")
    result = archgen("validate", cwd=tmp_path)
    assert result.code == 2
    assert "teams.yaml:2:10: error[ARC-M002]: unknown key `nmae`" in result.err
    assert "parts/components.yaml:2:16: error[ARC-M003]" in result.err
    assert "  2 |   shop: {nmae: Shop}" in result.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("main", "said"),
    [
        ("include: [nowhere.yaml]\n", "'nowhere.yaml': the file does not exist"),
        ("include: [../teams.yaml]\n", "is not a file inside the model's folder"),
        ("include: [/etc/passwd]\n", "is not a file inside the model's folder"),
        ("include: [parts/*.yaml]\n", "'parts/*.yaml' is a pattern, which `include` does not support"),
        ("include: ['parts/component[s].yaml']\n", "is a pattern, which `include` does not support"),
        ("include: [3]\n", "is not a file inside the model's folder"),
        ("include: [teams.yaml, teams.yaml]\n", "is already part of the model"),
        ("include: [architecture.yaml]\n", "is already part of the model"),
        ("include: [teams.yaml]\nteams: {shop: {name: Other}}\n", "'teams.shop.name' is set in two files"),
        ("include: [nested.yaml]\n", "an included file cannot include others"),
    ],
)
def test_files_that_cannot_be_part(tmp_path: Path, main: str, said: str) -> None:
    split(tmp_path, main, **{"nested.yaml": "include: [teams.yaml]\n"})
    result = archgen("validate", cwd=tmp_path)
    assert result.code == 2
    assert "error[ARC-M007]" in result.err
    assert said in result.err


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside.yaml").write_text("teams: {}\n")
    split(root, "include: [link.yaml]\n")
    (root / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    assert "error[ARC-M007]" in archgen("validate", cwd=root).err
