"""The list of modules: on a page and on the command line, with what each applies to and where its inputs get their values."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from archgen.artifacts import reference_pages, terraform_pages
from archgen.pipeline import Project, load
from archgen.terraform.bindings import bindings
from archgen.terraform.module_list import listed_modules
from conftest import ROOT, archgen, emitted


def test_every_binding_is_listed_with_every_input_once(reference: Project) -> None:
    for cloud in reference.resolved.axes.clouds:
        listed = {module.id: module for module in listed_modules(reference.resolved, cloud)}
        for id_, binding in bindings(cloud).items():
            if not binding.is_used and not binding.manifests:
                assert id_ not in listed  # nothing uses it yet
                continue
            if id_ == "target":
                continue
            names = [i.name for i in listed[id_].inputs]
            assert sorted(names) == sorted({*binding.inputs, *binding.optional, *binding.wires()}), id_
            assert listed[id_].applies_to
            assert bool(listed[id_].address) == (binding.module is not None)


def test_what_is_said_about_a_module(reference: Project) -> None:
    cache = next(m for m in listed_modules(reference.resolved, "aws") if m.id == "elasticache")
    assert cache.applies_to == "each component with the product elasticache or elasticache-valkey"
    assert (cache.address, cache.versions[0]) == ("terraform-aws-modules/elasticache/aws", "1")
    assert cache.stacks == ("05-data",)
    assert "vpc.vpc_id" in cache.needs
    inputs = {i.name: (i.source, i.value) for i in cache.inputs}
    assert inputs["engine_version"] == ("model", "component.engine_version")
    assert inputs["vpc_id"] == ("other modules", "@vpc.vpc_id")
    assert inputs["security_group_ids"][0] == "main.tf"
    vpc = next(m for m in listed_modules(reference.resolved, "aws") if m.id == "vpc")
    assert vpc.applies_to == "the network"
    assert "vpc_id" in vpc.offers
    assert list(vpc.versions) == sorted(vpc.versions, reverse=True)


@pytest.mark.slow
def test_the_command_lists_all_modules_and_shows_one() -> None:
    result = archgen("terraform", "modules", cwd=ROOT)
    assert result.code == 0
    assert (
        "  elasticache: each component with the product elasticache or elasticache-valkey | terraform-aws-modules/elasticache/aws"
        in result.out
    )
    assert "\ngcp\n" in result.out
    one = archgen("terraform", "modules", "elasticache", cwd=ROOT)
    assert "  input engine_version (string, from model): component.engine_version\n" in one.out
    (read,) = json.loads(archgen("terraform", "modules", "elasticache", "--format", "json", cwd=ROOT).out)
    assert read["id"] == "elasticache"
    wrong = archgen("terraform", "modules", "elasticash", cwd=ROOT)
    assert wrong.code == 2
    assert "did you mean 'elasticache'?" in wrong.err


@pytest.mark.slow
def test_the_page_has_every_module_of_both_clouds(reference: Project) -> None:
    (page,) = (a for a in emitted(reference, reference_pages) if a.path.endswith("reference/modules.md"))
    text = unescape(page.content.decode() if isinstance(page.content, bytes) else page.content)
    for cloud in reference.resolved.axes.clouds:
        for module in listed_modules(reference.resolved, cloud):
            assert f'??? ag-more "{module.id}"\n\n        <span id="{cloud}-{module.id}"></span>' in text


def test_the_overview_names_components_that_no_module_is_about(reference: Project) -> None:
    (page,) = (a for a in emitted(reference, terraform_pages) if a.path.endswith("terraform/index.md"))
    text = unescape(page.content.decode() if isinstance(page.content, bytes) else page.content)
    section = text.split("## Components without a module")[1]
    assert "](../components/single-sign-on.md)" in section
    assert "](../components/database.md)" not in section
    assert "](../components/users.md)" not in section


def test_a_model_without_stacks_has_neither_page(minimal: Path) -> None:
    project = load(minimal / "architecture.yaml").project
    assert project
    assert [a.path for a in emitted(project, reference_pages) if "modules" in a.path] == []
    assert emitted(project, terraform_pages) == []
