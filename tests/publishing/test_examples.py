"""The examples: each is a project that `archgen init --example` starts, builds, and answers every question about."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from archgen.analysis.failure import of_component, of_region
from archgen.analysis.losses import Loss, losses, named
from archgen.catalog import catalog
from archgen.commands.impact import as_text as impact_text
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.component import all_kinds
from archgen.pipeline import load
from archgen.project import Project
from archgen.publishing.new_project import MODEL, NEXT_DRILL, examples, new_example
from conftest import ROOT, archgen

FOLDER = ROOT / "examples"
# The least number of components, and the warnings that are left because they are true.
LEAST = {"azure": 15, "boutique": 15, "brownfield": 20, "serverless": 30}
TRUE: dict[str, set[tuple[str, str]]] = {
    "azure": {("DR302", "components.orders")},
    "boutique": {
        ("CI703", "components.cluster.signed_images_only"),
        ("DR302", "components.catalog-store"),
        ("OPS901", "components.catalog-store"),
    },
    "brownfield": {("OPS901", f"components.{name}") for name in ("directory", "licenses", "secrets")},
    "serverless": {("ARC-F022", "components.settings.rotation_days"), ("OPS901", "components.users")},
}
NAMES = examples()


@cache
def project(name: str) -> Project:
    loaded = load(FOLDER / name / MODEL)
    assert loaded.project, loaded.diagnostics
    return loaded.project


def everywhere(name: str) -> tuple[Architecture, ...]:
    return tuple(project(name).resolved.architectures.values())


def test_the_wheel_contains_the_examples() -> None:
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    assert hatch["wheel"]["force-include"]["examples"] == "archgen/examples"
    assert "examples" in hatch["sdist"]["include"]


def test_the_help_names_every_example() -> None:
    text = " ".join(archgen("init", "--help", cwd=ROOT).out.split())
    assert f"{', '.join(NAMES[:-1])} or {NAMES[-1]}" in text


def test_a_name_that_does_not_exist_gets_a_suggestion(tmp_path: Path) -> None:
    result = archgen("init", "--example", "brownfeld", cwd=tmp_path)
    assert result.code == 2
    assert "argument --example: invalid choice: 'brownfeld'; did you mean 'brownfield'?" in result.err
    assert list(tmp_path.iterdir()) == []


def test_a_cloud_and_an_example_exclude_each_other(tmp_path: Path) -> None:
    result = archgen("init", "--example", NAMES[0], "--cloud", "aws", cwd=tmp_path)
    assert result.code == 2
    assert "not allowed with argument" in result.err


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_as_large_as_a_real_system_and_teaches(name: str) -> None:
    assert max(len(a.components) for a in everywhere(name)) >= LEAST[name]
    text = (FOLDER / name / MODEL).read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=./schema/architecture.schema.json\n")
    assert text.count("#") >= 10


@pytest.mark.parametrize("name", NAMES)
def test_components_of_an_example_are_of_kinds_and_products_that_archgen_has(name: str) -> None:
    for a in everywhere(name):
        built_in = [
            c.kind in all_kinds() and catalog().products.keys() >= {*a.products_of(c)} for c in a.components.values()
        ]
        assert sum(built_in) >= 0.95 * len(built_in), a.coordinate


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_only_true_warnings_are_left(name: str) -> None:
    result = archgen("validate", "--format", "json", "--today", "2026-11-26", cwd=FOLDER / name)
    assert result.code in (0, 1), result.err
    found = {(d["code"], d["path"]) for d in json.loads(result.out)["diagnostics"] if d["severity"] != "info"}
    assert found == TRUE.get(name, set())


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_project_that_begins_with_an_example_has_dates_in_the_future(name: str) -> None:

    files = new_example(name, date(2030, 1, 1))
    assert NEXT_DRILL not in files[MODEL]
    assert not any(path.startswith(("docs/", "infra/", "site/", ".archgen/")) for path in files)
    assert {".gitignore", ".gitattributes", "mkdocs.yml", "schema/architecture.schema.json"} <= set(files)


def test_answers_about_what_a_model_does_not_have_say_so(minimal: Path) -> None:
    listed = archgen("runbook", "list", cwd=minimal)
    assert (listed.out, listed.err) == ("", "The model has no runbooks at aws, live.\n")
    checked = archgen("terraform", "check", cwd=minimal)
    assert checked.out == "There is nothing to check, because no stack of the model has variable files.\n"


def test_the_loss_of_what_nothing_needs_says_so() -> None:
    a = everywhere("serverless")[0]
    assert impact_text(a, of_component(a, "logs")).endswith("\nNothing else stops, is degraded or gets nothing new.\n")


def test_a_file_system_is_in_each_zone_that_the_model_states() -> None:
    a = next(a for a in everywhere("brownfield") if a.environment.production)
    assert [member.zone for member in a.members("shares")] == [0, 1, 2]


def test_the_loss_of_an_account_in_which_nothing_is_says_so() -> None:
    loss = named(everywhere("serverless")[0], "ecom-prod")
    assert isinstance(loss, Loss)
    text = impact_text(everywhere("serverless")[0], loss.impact())
    assert text.endswith("\n\nNothing fails, because no component is there, and nothing needs a way through it.\n")


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_of_every_component_and_place_has_an_answer(name: str) -> None:
    for a in everywhere(name):
        for loss in losses(a):
            text = impact_text(a, loss.impact())
            assert len(text.splitlines()) >= 3
            assert not text.endswith(":\n")
            assert all(not isinstance(named(a, word), Diagnostic) for word in loss.words)


def test_a_shop_in_two_regions_says_what_the_loss_of_one_of_them_does() -> None:
    shop = {str(a.coordinate): a for a in everywhere("boutique")}
    launch = of_region(shop["gcp, prod, launch"], "home")
    assert (launch.failed, launch.after_failover, launch.stopped) == ((), {}, {})
    assert set(launch.unknown) == {"way-in", "signals"}  # no page says in how many regions these products are
    assert set(launch.degraded) == {"cluster", "cart-store"}
    scale = of_region(shop["gcp, prod, scale"], "home")
    assert set(scale.failed) == {"catalog-store"}
    assert {"catalog-store", "catalog", "checkout", "frontend"} <= set(scale.after_failover)
    assert set(of_region(shop["gcp, prod, scale"], "recovery").degraded) == {"cluster", "cart-store", "catalog-store"}
    assert "cluster" in of_region(shop["aws, prod, scale"], "home").failed


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_example_builds_and_no_command_gives_an_empty_answer(name: str, tmp_path: Path) -> None:
    root = tmp_path / name
    assert archgen("init", "--example", name, "--today", "2026-11-26", name, cwd=tmp_path).code == 0
    result = archgen("build", "--no-site", cwd=root)
    assert result.code == 0, result.err
    resolved = project(name).resolved
    first, last = resolved.axes.environments[0], resolved.axes.environments[-1]
    component = next(iter(resolved.default.components))
    for command in (
        ("compare", "--from", first, "--to", last),
        ("parity",),
        ("impact", component),
        ("show", f"components.{component}"),
        ("runbook", "list"),
        ("rules",),
        ("export",),
        *(("runbook", "show", runbook) for runbook in resolved.default.document.runbooks),
    ):
        answer = archgen(*command, cwd=root)
        assert answer.code == 0, (command, answer.err)
        assert answer.out.strip() or answer.err.strip(), command


@pytest.mark.terraform
@pytest.mark.parametrize("name", NAMES)
def test_terraform_accepts_the_values_of_an_example(name: str) -> None:
    answer = archgen("terraform", "check", cwd=FOLDER / name)
    assert answer.code == 0, answer.err
    assert answer.out.strip()
