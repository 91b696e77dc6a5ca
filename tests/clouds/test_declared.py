"""Clouds that a model declares by stating their facts, and what it can do with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from archgen.draw.graph import Group
from archgen.model.resolve import Resolved, resolve
from archgen.parity.readiness import readiness
from archgen.parity.reviews import Reviews
from archgen.parity.table import as_text, heads, rows
from archgen.pipeline import check, load
from archgen.reading.yaml_tree import parse
from archgen.views.network import view
from conftest import DATA, archgen

pytestmark = pytest.mark.slow


FACTS = "facts: {name: Harbour private cloud, short: Harbour, home: tenant, network: Segment, zone: Room}"
AWS = "aws: {{{}region: eu-west-1, availability_zones: [eu-west-1a]}}\n  harbour:\n    facts"
HARBOUR = (DATA / "models" / "private-cloud.yaml").read_text(encoding="utf-8")


def resolved(text: str) -> Resolved:
    found, problems = _resolve(text)
    assert found, problems
    return found


def problems(text: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in _resolve(text)[1]]


def _resolve(text: str) -> tuple[Resolved | None, Any]:
    tree = parse(text, "architecture.yaml")[0].root
    assert tree
    return resolve(tree)


def groups(group: Group) -> list[str]:
    inner = [child for child in group.children if isinstance(child, Group)]
    return [group.label, *(label for child in inner for label in groups(child))]


def test_a_declared_cloud_has_its_words_and_its_products() -> None:
    a = resolved(HARBOUR).default
    assert (a.facts.name, a.facts.full_name, a.facts.home_label) == ("Harbour", "Harbour private cloud", "Tenant")
    assert a.home == "harbour-live"
    assert [(s.tier, s.zone) for s in a.subnets] == [("app", None)]
    labels = groups(view(a, a).root)
    assert {"Harbour private cloud", "Tenant harbour-live", "Region hamburg", "Room room-a"} <= set(labels)
    assert any(label.startswith("Segment main-live-network 10.0.0.0/16") for label in labels)
    assert not any("AWS" in label or "VPC" in label or "Availability" in label for label in labels)


def test_a_cloud_that_is_like_another_has_its_products_and_its_keys() -> None:
    a = resolved((DATA / "models" / "aws-china.yaml").read_text(encoding="utf-8")).default
    assert a.facts.home == "account"
    assert a.home_number == "123456789012"
    assert a.catalog.products["elasticache"].on("aws-china")
    assert not a.catalog.products["memorystore"].on("aws-china")
    assert "Availability Zone cn-north-1b" in groups(view(a, a).root)
    assert any(node.id == "nat-1" for node in view(a, a).root.nodes())


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        (FACTS, "role: primary", "ARC-M011", "archgen does not know the cloud 'harbour'"),
        ("facts: {name", "facts: {like: aws-govcloud, name", "ARC-R001", "the cloud 'aws-govcloud' does not exist"),
        ("facts: {name: Harbour private cloud, short", "facts: {short", "ARC-M001", "`name` is missing in clouds.harbour.facts"),
        ("harbour:\n    facts", AWS.format("facts: {name: Mine}, "), "ARC-M008", "archgen already has the cloud 'aws'"),
        ("home: harbour-live", "tenant: harbour-live", "ARC-M002", "unknown key `tenant`"),
        ("cloud: harbour", "cloud: harbor", "ARC-R001", "the cloud 'harbor' does not exist"),
        ("product: patroni", "product: rds-postgresql", "ARC-R003", "Amazon RDS for PostgreSQL is not available on Harbour"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(old: str, new: str, code: str, message: str) -> None:
    assert (code, message) in problems(HARBOUR.replace(old, new))


@pytest.mark.parametrize("id_", ["name", "purpose", "production", "on", "statement", "copy", "neutral"])
def test_the_id_of_a_cloud_is_not_that_of_another_key(id_: str) -> None:
    text = HARBOUR.replace("harbour:", f'"{id_}":').replace("cloud: harbour", f'cloud: "{id_}"')
    assert "ARC-M008" in {code for code, _message in problems(text)}


def test_a_region_has_the_form_of_its_cloud() -> None:
    text = HARBOUR.replace(
        "  harbour:\n    facts", "  aws: {region: westeurope, availability_zones: [room-a]}\n  harbour:\n    facts"
    )
    found = problems(text)
    assert ("ARC-M005", "'westeurope' is not a region of Amazon Web Services such as eu-west-1") in found
    assert ("ARC-M005", "'room-a' is not a zone of Amazon Web Services such as eu-west-1a") in found


THREE = (DATA / "models" / "three-clouds.yaml").read_text(encoding="utf-8")


def test_three_clouds_are_compared_with_the_primary_one() -> None:
    three = resolved(THREE)
    assert heads(three) == ["AWS (this design)", "GCP equivalent", "Harbour equivalent"]
    (queues, caches) = rows(three, Reviews())
    assert [side.text for side in queues.sides] == ["S3", "Cloud Storage", "MinIO"]
    assert [side.text for side in caches.sides] == ["ElastiCache", "Memorystore", "Valkey"]
    assert [one.name for one in readiness(three, Reviews())] == ["AWS", "GCP", "Harbour"]
    assert str(three.axes.parse_at("harbour")) == "harbour, live"


def test_a_cloud_without_a_side_is_not_ready_whatever_the_others_are() -> None:
    side = ", harbour: {text: MinIO, products: [minio]}"
    assert "nothing provides it" in as_text(resolved(THREE.replace(side, "")), Reviews())


@pytest.mark.parametrize(("usual", "found"), [(", usual_zones: 3", True), (", usual_zones: 2", False), ("", False)])
def test_how_many_zones_production_needs_is_a_fact(usual: str, found: bool, tmp_path: Path) -> None:
    text = HARBOUR.replace("zone: Room}", f"zone: Room{usual}}}").replace(
        "{name: Live,", "{name: Live, production: true,"
    )
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    assert ("production uses 2 availability zones, fewer than 3" in archgen("validate", cwd=tmp_path).err) == found


HOSTILE = """{name: "<script>alert(1)</script>", short: "<b>*x*", home: "te|na`nt_", network: "N*et_ <i>", zone: "[Zo](javascript:x)"}"""


def test_a_model_on_three_clouds_builds_and_facts_of_a_declared_one_are_only_text(tmp_path: Path) -> None:
    text = THREE.replace("{name: Harbour, home: tenant}", HOSTILE)
    assert text != THREE
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert result.code == 0, result.err
    pages = {file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "docs").rglob("*.md")}
    for name, page in pages.items():
        assert not re.search(r"<script>alert|<b>\*|<i>|\]\(javascript:x", page), name
    assert "Te&#124;na&#96;nt&#95;" in pages["environments.md"]
    assert '=== "Live, GCP"' in pages["clouds.md"]
    assert pages["clouds.md"].count('=== "Live') == 2
    for picture in (tmp_path / "docs").rglob("*.svg"):
        ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    compared = archgen("compare", "--from", "aws", "--to", "harbour", cwd=tmp_path)
    assert compared.out.startswith("aws, live → harbour, live")


def test_terraform_is_not_generated_for_a_cloud_without_bindings(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(
        f"{HARBOUR}terraform: {{stacks: {{base: {{purpose: All.}}}}}}\n", encoding="utf-8"
    )
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert result.code == 0, result.err
    assert not (tmp_path / "infra").exists()
    stack = (tmp_path / "docs/architecture/terraform/base.md").read_text(encoding="utf-8")
    assert "archgen has no Terraform bindings for Harbour" in stack


def test_a_stack_may_have_modules_that_only_another_cloud_of_the_model_has(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    text = """version: 2
name: T
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a]}
  harbour: {facts: {name: Harbour}, region: hamburg, availability_zones: [room-a]}
environments:
  live: {name: Live, aws: {account: live, cidr: 10.1.0.0/16}, harbour: {home: live, cidr: 10.2.0.0/16}}
components: {}
terraform: {stacks: {base: {purpose: Network., modules: [MODULE]}}}
"""
    file.write_text(text.replace("MODULE", "vpc"), encoding="utf-8")
    assert archgen("build", "--no-site", cwd=tmp_path).code == 0
    page = (tmp_path / "docs/architecture/terraform/base.md").read_text(encoding="utf-8")
    assert "archgen has no Terraform bindings for Harbour" in page
    cases: tuple[tuple[str, set[str]], ...] = (("vpc", set()), ("vcp", {"AWS", "Harbour"}))
    for module, found in cases:
        file.write_text(text.replace("MODULE", module), encoding="utf-8")
        project = load(file).project
        assert project
        messages = [d.message for d in check(project).findings if d.code == "ARC-F001"]
        assert {message.rpartition(" on ")[2] for message in messages} == found
