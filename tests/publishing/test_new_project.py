"""First steps: `archgen init` on each cloud, and what a newcomer usually does next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgen.publishing.new_project import MODEL, NEXT_DRILL, choices
from conftest import ROOT, archgen

pytestmark = pytest.mark.slow

CLOUDS = choices()


@pytest.mark.slow
@pytest.mark.parametrize("clouds", CLOUDS)
def test_a_new_model_validates_without_findings_and_builds(clouds: str, tmp_path: Path) -> None:
    assert archgen("init", "--cloud", clouds, cwd=tmp_path).code == 0
    result = archgen("validate", "--fail-on", "info", cwd=tmp_path)
    # How people sign in, what they do while that is down, and who reads logs of requests differs between organizations.
    assert result.code == 0
    assert re.fullmatch(r"[12] rules? could not be checked everywhere", result.err.partition(",")[0])
    unknown = archgen("validate", "--fail-on", "unknown", cwd=tmp_path)
    assert unknown.code == 1
    found = set(re.findall(r"so (\w+) could not be checked", unknown.err))
    assert "SEC508" in found
    assert found <= {"SEC508", "OPS907"}
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert result.code == 0, result.err
    for cloud in ("aws", "gcp"):
        assert (tmp_path / f"infra/{cloud}/data/prod.tfvars.json").is_file() is (cloud in clouds.split(","))


@pytest.mark.parametrize("template", [clouds.replace(",", "-") for clouds in choices()])
def test_every_line_of_comment_teaches_and_the_drill_has_a_date(template: str) -> None:
    text = (ROOT / "templates" / "init" / template / MODEL).read_text(encoding="utf-8")
    assert text.count(NEXT_DRILL) == 1
    assert text.count("#") >= 10


def test_the_first_drill_is_in_the_future(tmp_path: Path) -> None:
    assert archgen("init", "--today", "2027-01-01", cwd=tmp_path).code == 0  # while all versions are supported
    assert 'next_drill: "2027-04-01"' in (tmp_path / "architecture.yaml").read_text(encoding="utf-8")
    assert archgen("validate", "--today", "2027-03-31", "--fail-on", "info", cwd=tmp_path).code == 0


def test_a_declared_kind_and_product_build_after_init(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    model = tmp_path / "architecture.yaml"
    text = model.read_text(encoding="utf-8")
    own = """kinds:
  mainframe: {label: Mainframe, definition: The machine in the cellar.}
products:
  big-iron: {name: Big Iron, short: Big Iron, definition: A machine., documentation: "https://iron.example/", kinds: [mainframe],
    tile: BI}
"""
    component = "  ledger: {kind: mainframe, title: Ledger, owner: platform, product: big-iron}\n"
    text = text.replace("components:", f"{own}components:", 1).replace("  visitors:", f"{component}  visitors:", 1)
    model.write_text(text, encoding="utf-8")
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert result.code == 0, result.err
    assert '"mainframe"' in (tmp_path / "schema/architecture.schema.json").read_text(encoding="utf-8")
    assert archgen("build", "--check", cwd=tmp_path).code == 0


def test_a_schema_that_was_edited_still_stays(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    schema = tmp_path / "schema/architecture.schema.json"
    schema.write_text("{}", encoding="utf-8")
    assert archgen("build", "--no-site", cwd=tmp_path).code == 2
    assert schema.read_text(encoding="utf-8") == "{}"


def test_an_unknown_kind_shows_how_a_model_declares_its_own(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    model = tmp_path / "architecture.yaml"
    text = model.read_text(encoding="utf-8").replace("kind: waf\n", "kind: guard-dog\n")
    text = "".join(
        line for line in text.splitlines(keepends=True) if "waf-block" not in line
    )  # a runbook for that kind
    model.write_text(text, encoding="utf-8")
    help_ = next(line for line in archgen("validate", cwd=tmp_path).err.splitlines() if line.startswith("  help:"))
    assert "You can also declare a kind: kinds: {guard-dog: " in help_
    declaration = help_.partition("declare a kind: ")[2]
    text = text.replace("    product: aws-waf\n", "").replace("components:", f"{declaration}\ncomponents:", 1)
    model.write_text(text, encoding="utf-8")
    unlike = archgen("validate", cwd=tmp_path)
    assert re.findall(r"error\[(.*?)\]", unlike.err) == ["NET107"]  # a guard dog is not a firewall
    model.write_text(text.replace("guard-dog: {", "guard-dog: {like: waf, ", 1), encoding="utf-8")
    assert archgen("validate", cwd=tmp_path).code == 0


def test_existing_files_of_git_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_text("*.bin binary\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("/mine\n", encoding="utf-8")
    assert archgen("init", cwd=tmp_path).code == 0
    assert (tmp_path / ".gitattributes").read_text(encoding="utf-8") == "*.bin binary\n"
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "/mine\n"


def test_nothing_is_written_through_a_link_that_leads_out(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "schema").symlink_to(outside)
    result = archgen("init", cwd=root)
    assert result.code == 2
    assert "schema/architecture.schema.json: it leads out of the project through a symbolic link" in result.err
    assert list(outside.iterdir()) == []


@pytest.mark.slow
def test_headings_in_any_script_have_addresses(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    model = tmp_path / "architecture.yaml"
    text = model.read_text(encoding="utf-8").replace("title: Orders", "title: 注文データベース")
    model.write_text(text, encoding="utf-8")
    result = archgen("build", cwd=tmp_path)
    assert result.code == 0, result.err
    page = (tmp_path / "site/architecture/components/database/index.html").read_text(encoding="utf-8")
    assert '<h1 id="注文データベース' in page
