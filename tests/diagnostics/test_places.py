"""Paths of files: relative to the working directory for people, and to the root of the repository for programs."""

from __future__ import annotations

import json
import shutil
import subprocess
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.diagnostics.places import for_people, for_programs
from conftest import MINIMAL, MKDOCS, Result, archgen

FORMATS = ("github", "sarif", "junit", "json")
FOUND = {
    "architecture.yaml",
    "rules/broken.py",
    "parts/data.yaml",
}  # No environment is marked as production, a rule, a long title
NO_WORKSPACE = {"GITHUB_WORKSPACE": ""}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two projects, each with an included file, a rule in Python, and a warning in the included file."""
    top = tmp_path / "repo"
    for team in ("shop", "bank"):
        root = top / "teams" / team
        (root / "parts").mkdir(parents=True)
        (root / "rules").mkdir()
        long = MINIMAL.replace("title: Orders", f"title: {' '.join(['Orders'] * 12)}")
        head, orders, tail = long.partition("  orders: {kind")
        (root / "architecture.yaml").write_text(f"include: [parts/data.yaml]\n{head}", encoding="utf-8")
        (root / "parts/data.yaml").write_text(f"components:\n{orders}{tail}", encoding="utf-8")
        (root / "rules/broken.py").write_text(
            '"""It fails."""\n\ndef check(a):\n    raise ValueError\n', encoding="utf-8"
        )
        (root / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "1"],
    ):
        subprocess.run(["git", *arguments], cwd=top, check=True)
    return top


def spoil(root: Path) -> None:
    """One error in the main file of the model, at the title of the shop."""
    model = root / "architecture.yaml"
    model.write_text(model.read_text(encoding="utf-8").replace("title: Shop", "titel: Shop"), encoding="utf-8")


def files(format_: str, out: str) -> set[str]:
    """The paths in a report."""
    if format_ == "json":
        return {d["place"]["file"] for d in json.loads(out)["diagnostics"] if d["place"]}
    if format_ == "sarif":
        places = [
            r["locations"][0]["physicalLocation"]["artifactLocation"] for r in json.loads(out)["runs"][0]["results"]
        ]
        assert {place["uriBaseId"] for place in places} == {"%SRCROOT%"}
        return {place["uri"] for place in places}
    if format_ == "junit":
        return {case.attrib["file"] for case in ElementTree.fromstring(out).iter("testcase") if "file" in case.attrib}
    return {
        part.partition("=")[2]
        for line in out.splitlines()
        for part in line.split("::")[1].split(",")
        if "file=" in part
    }


@pytest.mark.slow
@pytest.mark.parametrize("format_", FORMATS)
def test_programs_read_names_from_the_top_of_the_repository(repository: Path, tmp_path: Path, format_: str) -> None:
    shop = repository / "teams/shop"
    spoil(shop)
    wanted = {"teams/shop/architecture.yaml"}
    model = "teams/shop/architecture.yaml"
    command = ("validate", "--format", format_)
    for where, arguments in (
        (repository, ("-m", model)),
        (shop, ()),
        (repository / "teams", ("-m", "shop/architecture.yaml")),
        (tmp_path, ("-m", str(repository / model))),
    ):
        assert files(format_, archgen(*command, *arguments, cwd=where, env=NO_WORKSPACE).out) == wanted, where


def test_two_projects_of_one_repository_have_different_names(repository: Path) -> None:
    for team in ("shop", "bank"):
        result = archgen("validate", "--format", "github", cwd=repository / "teams" / team, env=NO_WORKSPACE)
        assert result.code == 1
        assert files("github", result.out) == {f"teams/{team}/{name}" for name in FOUND}


def test_a_worktree_counts_as_a_repository(repository: Path, tmp_path: Path) -> None:
    worktree = tmp_path / "worktree"
    subprocess.run(["git", "worktree", "add", "-q", str(worktree)], cwd=repository, check=True)
    spoil(worktree / "teams/bank")
    result = archgen("validate", "--format", "github", cwd=worktree / "teams/bank", env=NO_WORKSPACE)
    assert files("github", result.out) == {"teams/bank/architecture.yaml"}


def test_a_repository_counts_before_the_workspace_that_it_was_checked_out_into(
    repository: Path, tmp_path: Path
) -> None:
    shop = repository / "teams/shop"
    spoil(shop)
    result = archgen("validate", "--format", "github", cwd=shop, env={"GITHUB_WORKSPACE": str(tmp_path)})
    assert files("github", result.out) == {"teams/shop/architecture.yaml"}
    shutil.rmtree(repository / ".git")
    for workspace, name in (
        (tmp_path, "repo/teams/shop/architecture.yaml"),
        (tmp_path / "elsewhere", "architecture.yaml"),
    ):
        result = archgen("validate", "--format", "github", cwd=shop, env={"GITHUB_WORKSPACE": str(workspace)})
        assert files("github", result.out) == {name}


def test_without_a_repository_names_are_from_the_working_directory(tmp_path: Path) -> None:
    root = tmp_path / "a b" / "ü"
    root.mkdir(parents=True)
    (root / "architecture.yaml").write_text(MINIMAL, encoding="utf-8")
    spoil(root)
    model = ("-m", "a b/ü/architecture.yaml")
    result = archgen("validate", "--format", "sarif", *model, cwd=tmp_path, env=NO_WORKSPACE)
    assert files("sarif", result.out) == {"a%20b/%C3%BC/architecture.yaml"}
    result = archgen("validate", "--format", "github", *model, cwd=tmp_path, env=NO_WORKSPACE)
    assert files("github", result.out) == {"a b/ü/architecture.yaml"}


# -- people --------------------------------------------------------------------------------------------------


def people(result: Result) -> set[str]:
    return {line.split(":")[0] for line in result.err.splitlines() if "error[" in line or "warning[" in line}


@pytest.mark.slow
def test_people_read_names_from_where_they_work(repository: Path) -> None:
    shop = repository / "teams/shop"
    assert people(archgen("validate", cwd=shop)) == FOUND
    there = ("-m", "teams/shop/architecture.yaml")
    found = archgen("validate", *there, cwd=repository)
    assert people(found) == {f"teams/shop/{name}" for name in FOUND}
    assert "  4 |     raise ValueError" not in found.err
    assert people(archgen("validate", "-m", "../shop/architecture.yaml", cwd=repository / "teams/bank")) == {
        f"../shop/{name}" for name in FOUND
    }
    absolute = archgen("validate", "-m", str(shop / "architecture.yaml"), cwd=repository)
    assert people(absolute) == {f"teams/shop/{name}" for name in FOUND}
    spoil(shop)
    broken = archgen("validate", *there, cwd=repository)
    assert people(broken) == {"teams/shop/architecture.yaml"}
    assert "titel: Shop" in broken.err, "the line itself is shown"
    assert people(archgen("validate", "-m", "teams/none.yaml", cwd=repository)) == {"teams/none.yaml"}


def test_values_and_comparisons_name_places_so_too(repository: Path) -> None:
    there = ("-m", "teams/shop/architecture.yaml")
    shown = archgen("show", "components.orders.storage_gib", *there, cwd=repository)
    assert shown.out.rstrip().endswith("teams/shop/parts/data.yaml:3")
    part = repository / "teams/shop/parts/data.yaml"
    part.write_text(part.read_text(encoding="utf-8").replace("storage_gib: 20", "storage_gib: 21"), encoding="utf-8")
    text = archgen("compare", "--from-rev", "HEAD", *there, cwd=repository).out
    assert "storage_gib: 20 → 21  (teams/shop/parts/data.yaml:3)" in text
    request = archgen(
        "compare", "--from-rev", "HEAD", "--format", "markdown", cwd=repository / "teams/shop", env=NO_WORKSPACE
    )
    assert "<code>teams/shop/parts/data.yaml:3</code>" in unescape(request.out)


def test_a_build_names_pages_and_templates_so_too(repository: Path) -> None:
    shop = repository / "teams/shop"
    (shop / "rules/broken.py").unlink()
    (shop / "docs").mkdir()
    (shop / "docs/own.md").write_text("<!-- archgen: value nothing --><!-- /archgen -->\n", encoding="utf-8")
    there = ("-m", "teams/shop/architecture.yaml")
    assert "teams/shop/docs/own.md" in people(archgen("build", "--no-site", *there, cwd=repository))
    (shop / "docs/own.md").unlink()
    (shop / "templates/pages").mkdir(parents=True)
    (shop / "templates/pages/home.md").write_text("{{ nothing }}\n", encoding="utf-8")
    assert "teams/shop/templates/pages/home.md" in people(archgen("build", "--no-site", *there, cwd=repository))


def test_names_that_are_not_files_of_the_project_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    names = for_people(Path("shop"))
    span = Span("templates/pages/home.md", 1, 1, 1, 2)
    assert names.span(span) == span, "a template of archgen's own"
    option = Diagnostic("ARC-C004", "no such coordinate", subject="--at")
    assert names.diagnostics([option]) == [option]


def test_names_of_files_that_were_given_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    for names in (for_people(Path()), for_programs(Path())):
        assert names.of(str(tmp_path.resolve() / "a/b.tfvars")) == "a/b.tfvars"
        assert names.of("/somewhere/else") == "/somewhere/else"


@pytest.mark.slow
def test_a_file_to_be_taken_back_is_named_as_it_was_reported(repository: Path) -> None:
    shop = repository / "teams/shop"
    (shop / "rules/broken.py").unlink()
    there = ("-m", "teams/shop/architecture.yaml")
    assert archgen("build", "--no-site", *there, cwd=repository).code == 0
    (shop / "schema/architecture.schema.json").write_text("mine", encoding="utf-8")
    refused = archgen("build", "--no-site", *there, cwd=repository)
    assert refused.code == 2
    (name,) = {name for name in people(refused) if "schema" in name}
    assert name == "teams/shop/schema/architecture.schema.json"
    assert archgen("build", "--no-site", "--force", name, *there, cwd=repository).code == 0
