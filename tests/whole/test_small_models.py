"""Small models that say little: what archgen says about them, in commands and on pages, is only what they state."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import DATA, archgen


def project(tmp_path: Path, name: str) -> Path:
    file = tmp_path / "architecture.yaml"
    shutil.copy(DATA / "models" / f"{name}.yaml", file)
    return file


def impact(tmp_path: Path, zone: str) -> dict[str, object]:
    said = archgen("impact", f"eu-west-1{zone}", "--at", "aws,c", "--format", "json", cwd=tmp_path)
    found: dict[str, object] = json.loads(said.out)
    return found


@pytest.mark.slow
def test_a_server_of_which_nothing_is_known_may_stop_with_any_zone(tmp_path: Path) -> None:
    file = project(tmp_path, "one-server")
    said = archgen("impact", "eu-west-1a", "--at", "aws,c", cwd=tmp_path).out
    assert "how many copies of 's' there are, and in which zones" in said
    assert "May be cut off:\n  People" in said
    assert "Nothing fails" not in said
    text = file.read_text(encoding="utf-8")
    one_copy = text.replace("owner: t}", "owner: t, traits: {copies: 1}}")
    file.write_text(one_copy, encoding="utf-8")
    assert "in which zone the only copy of 's' is" in archgen("impact", "eu-west-1b", "--at", "aws,c", cwd=tmp_path).out
    file.write_text(one_copy.replace("copies: 1}", "copies: 1}, zones: [eu-west-1b]"), encoding="utf-8")
    assert [impact(tmp_path, zone)["failed"] for zone in "abc"] == [[], ["s"], []]
    assert not any(impact(tmp_path, zone)["unknown"] for zone in "abc")


def pages(tmp_path: Path, name: str) -> Path:
    project(tmp_path, name)
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert (result.code, "ARC-V" in result.err) == (0, False), result.err
    return tmp_path / "docs/architecture"


@pytest.mark.slow
def test_one_of_two_parts_promises_something(tmp_path: Path) -> None:
    docs = pages(tmp_path, "one-promise")
    health = (docs / "health.md").read_text(encoding="utf-8").replace("&#46;", ".").replace("&#37;", "%")
    assert "| An order | at most 99.95%; 1 of 2 parts states a promise |" in health
    function = (docs / "components/func.md").read_text(encoding="utf-8")
    assert "| reserved | — | 5 |" in function
    stack = (docs / "terraform/app.md").read_text(encoding="utf-8")
    assert "A team maintains the code of this stack." in stack
    assert "| <code>region</code> |  | eu&#45;west&#45;1 | 19 |" in stack


@pytest.mark.slow
@pytest.mark.parametrize(("title", "where"), [("Partner", "One, Three"), ("First", "One, Two"), ("Both", "Two, Three")])
def test_presence_is_listed_completely(tmp_path: Path, title: str, where: str) -> None:
    page = (pages(tmp_path, "presence") / "side-by-side.md").read_text(encoding="utf-8")
    assert f"| [{title}](components/{title.lower()}.md) | {where} |" in page
