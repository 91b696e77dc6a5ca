"""The public edition: it contains no identifying value and everything else, and the internal edition does not change."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from archgen.pipeline import load
from archgen.publishing.public_edition import mentions, public_edition
from conftest import DATA, ROOT, archgen, copy_built, tree
from sharing import Shared

# Identifying values, counted by hand in architecture.yaml.
IDENTIFYING = {
    *("111122223333", "222233334444", "333344445555", "444455556666", "123456789012", "012345-6789AB-CDEF01"),
    *(f"10.{n}.0.0/16" for n in (10, 20, 30, 110, 120, 130)),
    *("10.255.0.2", "203.0.113.0/24", "https://github.com/innovate-example/architecture"),
    *("innovate.example", "dev.innovate.example", "stg.innovate.example"),
    *(f"{team}@innovate.example" for team in ("platform", "product", "security")),
    *("innovate-dev", "innovate-stg", "innovate-prod", "shared-security"),
    *("10.31.0.0/16", "10.131.0.0/16"),  # of production in the recovery regions
    *("https://innovate.awsapps.com/start", "engineers@innovate.example"),
    *(f"break-glass-{number}{domain}" for number in (1, 2) for domain in ("", "@innovate.example")),
}


@pytest.fixture(scope="session")
def public(built: Path, shared: Shared) -> Path:
    """The public site of the reference model."""

    def make(root: Path) -> None:
        copy_built(built, root / "project")
        result = archgen("build", "--profile", "public", cwd=root / "project")
        assert result.code == 0, result.err
        assert "docs/design/innovate-architecture.md: left out of the public site" in result.err

    return shared.folder("public", make) / "project" / "site-public"


def test_exactly_the_identifying_values_are_withheld() -> None:
    project = load(ROOT / "architecture.yaml").project
    assert project
    edition, problems = public_edition(project, ROOT)
    assert problems == []
    assert edition
    dashboards = {
        address for address in edition.withheld if re.match(r"https://(console\.cloud|\{region\}\.console)", address)
    }
    assert set(edition.withheld) - dashboards == IDENTIFYING
    assert len(dashboards) >= 6  # any of them could be inside a company
    a = edition.project.resolved.default
    assert a.document.teams["platform"].contact is None
    assert a.document.repository is None
    assert a.identifier("database") == "example-prod-database"
    assert a.home_number is None
    ranges = {x.cidr for x in edition.project.resolved.architectures.values()}
    assert len(ranges) == 6  # one for each environment
    assert len(a.components) == len(project.resolved.default.components)


def test_no_file_of_the_public_site_contains_them(public: Path) -> None:
    checked = 0
    for file in public.rglob("*"):
        name = file.relative_to(public).as_posix()
        if file.suffix in (".html", ".svg", ".js", ".xml") and not name.startswith(
            ("architecture/diagnostics", "architecture/reference")
        ):
            checked += 1
            assert not mentions(file.read_text(encoding="utf-8"), IDENTIFYING), name
    assert checked > 150


def test_it_has_the_same_pages_and_pictures_but_the_design_document(built: Path, public: Path) -> None:
    def names(site: Path) -> set[str]:
        return {file.relative_to(site).as_posix() for file in site.rglob("index.html")}

    gone = names(built / "site") - names(public)
    assert all(name.startswith(("design/", "architecture/source")) for name in gone), gone
    assert not names(public) - names(built / "site")


@pytest.mark.slow
def test_a_page_that_leaks_is_left_out_and_a_template_that_leaks_stops_the_build(minimal: Path) -> None:
    (minimal / "docs").mkdir(exist_ok=True)
    (minimal / "docs/secret.md").write_text("# Ranges\n\nWe use 10.0.0.0&#47;16.\n", encoding="utf-8")
    result = archgen("build", "--profile", "public", cwd=minimal)
    assert result.code == 0, result.err
    assert "docs/secret.md: left out" in result.err
    assert not (minimal / "site-public/secret").exists()
    own = minimal / "templates/pages"
    own.mkdir(parents=True)
    text = (ROOT / "templates/pages/glossary.md").read_text(encoding="utf-8")
    (own / "glossary.md").write_text(text.replace("# Glossary", "# Glossary\n\nIn 10.0.0.0&#47;16."), encoding="utf-8")
    before = tree(minimal / "site-public")
    result = archgen("build", "--profile", "public", cwd=minimal)
    assert result.code == 1
    assert "architecture/glossary/index.html: error[ARC-P001]" in result.err
    assert "10.0.0.0/16" in result.err
    assert tree(minimal / "site-public") == before
    assert not (minimal / "infra").exists()


@pytest.mark.parametrize(
    "text",
    [
        "10.30.0.0/16",
        "10&#46;30&#46;0&#46;0&#47;16",
        "10.30.0.0%2F16",
        '{"a": "10\\u002e30.0.0/16"}',
        "x=10.30.0.0/16;",
    ],
)
def test_however_it_is_written_it_is_found(text: str) -> None:
    assert mentions(text, ["10.30.0.0/16"]) == ["10.30.0.0/16"]


def test_text_that_only_looks_similar_is_not_found() -> None:
    assert mentions("110.30.0.0/16 10.30.0.0/160", ["10.30.0.0/16"]) == []


def test_stand_ins_belong_to_no_organization(public: Path) -> None:
    page = (public / "architecture/environments/index.html").read_text(encoding="utf-8")
    assert re.search(r"172&#46;1[6-9]&#46;|172\.1[6-9]\.", page)


def test_ranges_of_sites_and_further_networks_are_replaced(tmp_path: Path) -> None:
    shutil.copy(DATA / "models/hybrid-insurer.yaml", tmp_path / "architecture.yaml")
    file = tmp_path / "architecture.yaml"
    text = file.read_text(encoding="utf-8").replace("[172.16.0.0/16]", "[172.16.0.0/12]")
    text = text.replace("project: meridian\n", "project: policies\n")
    file.write_text(
        text.replace("cidr: 10.10.0.0/16,", "cidr: 10.10.0.0/16, identifier: meridian-hub,"), encoding="utf-8"
    )
    project = load(file).project
    assert project
    edition, problems = public_edition(project, tmp_path)
    assert edition, problems
    document = edition.project.resolved.default.document
    ranges = [document.networks["shared"].cidr, *document.sites["frankfurt"].ranges]
    assert not {"10.10.0.0/16", "172.16.0.0/12"} & set(ranges)
    assert len(set(ranges)) == len(ranges)
    assert document.networks["shared"].identifier != "meridian-hub"


def test_regions_are_the_same_in_the_public_edition() -> None:
    """The names of regions do not identify an organization."""
    folder = DATA / "models"
    project = load(folder / "two-regions.yaml").project
    assert project
    edition, problems = public_edition(project, folder)
    assert edition, problems
    before, after = project.resolved.default, edition.project.resolved.default
    assert after.regions == before.regions
    assert {name: after.regions_of(component) for name, component in after.components.items()} == {
        name: before.regions_of(component) for name, component in before.components.items()
    }
    assert after.document.networks["prod-asia"].cidr != before.document.networks["prod-asia"].cidr
