"""Addresses of pages, pictures and files of stacks: collisions are reported, and exactly the listed files are written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archgen.artifacts.addresses import all_addresses
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.pipeline import Project, _assert_as_listed, check, load, make
from conftest import DATA, MINIMAL, archgen, tree

SHOP = (DATA / "models/shop.yaml").read_text(encoding="utf-8")
STACKS = "terraform:\n"
VIEW = "network:\n"


def found(tmp_path: Path, *edits: tuple[str, str], text: str = SHOP) -> list[Diagnostic]:
    """The errors of a changed model."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    every = check(loaded.project, "2026-11-25").findings if loaded.project else loaded.diagnostics
    return [d for d in every if d.severity == "error"]


def path(value: str) -> tuple[str, str]:
    return STACKS, f"{STACKS}  path: {value}\n"


@pytest.mark.parametrize(
    "view",
    ["parity", "health", "glossary", "environments", "side-by-side", "start", "components", "assets", "diagrams"],
)
def test_a_view_with_a_name_that_archgen_needs(tmp_path: Path, view: str) -> None:
    (problem,) = found(tmp_path, (VIEW, f"views:\n  {view}: {{title: Mine, select: {{kinds: [service]}}}}\n{VIEW}"))
    assert problem.code == "ARC-E003"
    assert problem.path == ("views", view)
    assert f"the view '{view}'" in problem.message
    assert problem.help == f"rename the view '{view}'"
    assert problem.span
    assert problem.span.line == SHOP[: SHOP.index(VIEW)].count("\n") + 2


@pytest.mark.parametrize(
    ("value", "code", "help_"),
    [
        ("infra/{cloud}", "ARC-E003", "add {stack} to terraform.path"),
        ("infra", "ARC-E003", "add {stack} to terraform.path"),
        (".git/hooks/{cloud}/{stack}", "ARC-W002", "choose a different folder"),
        ("modules/.GIT/{cloud}/{stack}", "ARC-W002", "choose a different folder"),
        (".archgen/{cloud}/{stack}", "ARC-W002", "choose a different folder"),
        ("docs/{cloud}/{stack}", "ARC-W002", "choose a different folder"),
        ("Site/{stack}", "ARC-W002", "choose a different folder"),
        ("../{cloud}/{stack}", "ARC-M005", ""),
        ("infra/./{stack}", "ARC-M005", ""),
        ("infra/{region}/{stack}", "ARC-M005", ""),
        ("infra/{cloud}/aux.d/{stack}", "ARC-M005", ""),
    ],
)
def test_a_path_of_stacks_that_cannot_be(tmp_path: Path, value: str, code: str, help_: str) -> None:
    (problem,) = found(tmp_path, path(value))
    assert problem.code == code
    assert help_ in problem.help
    assert problem.span


def test_two_clouds_need_a_folder_each(tmp_path: Path) -> None:
    text = on_two_clouds()
    (problem, *_others) = found(tmp_path, path("infra/{stack}"), text=text)
    assert (problem.code, problem.help) == ("ARC-E003", "add {cloud} to terraform.path")
    assert found(tmp_path, path("infra/{stack}/{cloud}"), text=text) == []


def on_two_clouds() -> str:
    """A small model on two clouds, with a stack."""
    text = MINIMAL.replace(
        "environments:\n",
        "  gcp: {role: ready, region: europe-west1, availability_zones: [europe-west1-b]}\nenvironments:\n",
    )
    text = text.replace(
        "cidr: 10.0.0.0/16}\n",
        "cidr: 10.0.0.0/16}\n    gcp: {project: shop-live, cidr: 10.1.0.0/16}\n",
    ).replace(
        'product: rds-postgresql, engine_version: "17", size: db.t4g.micro',
        'when: {aws: {product: rds-postgresql, size: db.t4g.micro}, gcp: {product: cloud-sql, size: db-f1-micro}}, engine_version: "17"',
    )
    return f"""{text}
network: {{tiers: {{app: {{name: App, prefix_length: 24}}}}}}
terraform:
  stacks:
    base: {{purpose: Base., when: {{aws: {{modules: [vpc]}}, gcp: {{modules: [network]}}}}}}
"""


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ("own", "own", "theirs"),
        ("own", "OWN", "theirs"),
        ("own/{cloud}", "own/aws", "theirs"),
        ("own/{cloud}", "other/{cloud}", ""),
        ("infra/aws/data", "other", "ours"),
        (".git/x", "other", "ours"),
    ],
)
def test_stacks_with_code_of_a_team_need_separate_folders(tmp_path: Path, first: str, second: str, wrong: str) -> None:
    stacks = "".join(
        f"    {n}: {{purpose: Ours., directory: {d!r}}}\n" for n, d in (("ours", first), ("theirs", second))
    )
    problems = [p for p in found(tmp_path, ("  stacks:\n", f"  stacks:\n{stacks}")) if p.code != "ARC-F013"]
    assert [p.path[:3] for p in problems] == ([("terraform", "stacks", wrong)] if wrong else [])


def test_pictures_of_two_coordinates_in_one_file(tmp_path: Path) -> None:
    """`prod` in the phase `eu-late` and `prod-eu` in the phase `late` would be one file."""
    text = MINIMAL.replace(
        "environments:\n", "phases: {late: {name: Late}, eu-late: {name: Late in Europe}}\nenvironments:\n"
    )
    text = text.replace(
        "  live:\n", "  live-eu:\n    name: Europe\n    aws: {account: main, cidr: 10.1.0.0/16}\n  live:\n"
    )
    (problem,) = found(tmp_path, text=text)
    assert problem.code == "ARC-E003"
    assert "diagrams/" in problem.message
    assert problem.path == ("environments", "live")


def test_nothing_is_written_and_the_exit_code_says_so(minimal: Path) -> None:
    model = minimal / "architecture.yaml"
    model.write_text(model.read_text().replace("  orders: {kind", "  index: {kind").replace("{orders:", "{index:"))
    before = tree(minimal)
    for command in (["validate"], ["build"], ["build", "--check"]):
        result = archgen(*command, cwd=minimal)
        assert result.code == 1, result.err
        assert (
            "error[ARC-E003]: the page of the component 'index' would have the same address as archgen's components/index.md"
            in result.err
        )
    assert tree(minimal) == before


def made(root: Path) -> tuple[Project, list[str]]:
    loaded = load(root / "architecture.yaml")
    assert loaded.project
    artifacts, problems = make(check(loaded.project))
    assert not [p for p in problems if p.severity == "error"]
    return loaded.project, [artifact.path for artifact in artifacts]


@pytest.mark.slow
def test_what_is_listed_is_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(SHOP, encoding="utf-8")
    project, written = made(tmp_path)
    listed = list(all_addresses(project.resolved))
    of_the_model = {address.file for address in listed if address.part and address.is_page}
    assert of_the_model <= set(written)
    pages = {file for file in written if file.endswith(".md")}
    assert pages <= {address.file for address in listed}
    stacks = {file for file in written if file.startswith("infra/")}
    assert stacks <= {address.file for address in listed}


def test_writing_a_file_that_is_not_listed_is_an_internal_error(minimal: Path) -> None:
    loaded = load(minimal / "architecture.yaml")
    assert loaded.project
    artifacts, _problems = make(check(loaded.project))
    _assert_as_listed(loaded.project.resolved, artifacts)
    without = [a for a in artifacts if a.path != "docs/architecture/components/shop.md"]
    with pytest.raises(AssertionError, match="listed and not made"):
        _assert_as_listed(loaded.project.resolved, without)
    another = replace(artifacts[0], path="docs/architecture/surprise.md")
    with pytest.raises(AssertionError, match="made and not listed"):
        _assert_as_listed(loaded.project.resolved, [*artifacts, another])
