"""Proposals for another cloud: what the catalog knows, with what it rests on, and nothing that counts as reviewed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from archgen.parity.suggesting import NOT_COMPARED, suggest
from archgen.pipeline import load
from archgen.project import Project
from conftest import MINIMAL, ROOT, archgen

MODEL = MINIMAL.replace(
    "  orders: {",
    """  jobs: {kind: queue, title: Jobs, product: sqs, calls: {shop: {kind: event, data: sent}}}
  mails: {kind: queue, title: Mails, product: sqs, calls: {shop: {kind: event, data: sent}}}
  old: {kind: queue, title: Old jobs, product: amazon-mq, calls: {shop: {kind: event, data: sent}}}
  checks: {kind: threat-detection, title: Checks, product: inspector}
  things: {kind: iot-hub, title: Things, product: iot-core, calls: {jobs: {data: sent}}}
  orders: {""",
)


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    (tmp_path / "architecture.yaml").write_text(MODEL, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def test_each_product_that_components_use_gets_a_row(shop: Project) -> None:
    found = {one.id: one for one in suggest(shop.resolved, "gcp")}
    queue = found["queue-sqs"]
    assert queue.components == ("jobs", "mails")
    assert queue.candidate
    assert (queue.candidate.id, queue.status) == ("pub-sub", "partial")
    assert "cloud-tasks" in {product.id for product in queue.others}
    assert found["postgresql"].candidate
    assert found["postgresql"].candidate.cloud == "gcp"


def test_a_product_without_a_counterpart_is_a_gap(shop: Project) -> None:
    (things,) = (one for one in suggest(shop.resolved, "gcp") if one.id == "iot-hub")
    assert (things.candidate, things.status) == (None, "gap")
    assert things.why == "archgen's catalog has no product of Google Cloud for: IoT hub."


def test_products_that_no_one_compared_are_never_called_equivalent(shop: Project) -> None:
    every = suggest(shop.resolved, "gcp") + suggest(shop.resolved, "azure")
    unknown = [one for one in every if one.why.startswith(NOT_COMPARED.partition("{")[0])]
    assert unknown
    assert {one.status for one in unknown} == {"partial"}


def test_a_capability_that_the_cloud_meets_is_left_alone(reference: Project) -> None:
    assert "cache" not in {one.id for one in suggest(reference.resolved, "gcp")}


def test_what_the_model_states_is_not_replaced() -> None:
    """The way in of the example needs no row; without that statement, its own product on AWS is proposed."""
    loaded = load(ROOT / "examples/boutique/architecture.yaml")
    assert loaded.project
    assert suggest(loaded.project.resolved, "aws") == []


def test_a_stated_product_of_the_cloud_is_proposed(tmp_path: Path) -> None:
    text = (ROOT / "examples/boutique/architecture.yaml").read_text(encoding="utf-8")
    (tmp_path / "architecture.yaml").write_text(
        text.replace("    no_capability: Nothing that runs needs it.\n", "", 1), encoding="utf-8"
    )
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    (one,) = suggest(loaded.project.resolved, "aws")
    assert (one.id, one.candidate and one.candidate.id) == ("remote-access", "session-manager")


def test_the_proposals_are_a_part_of_a_model(shop: Project) -> None:
    result = archgen("parity", "suggest", "--to", "gcp", cwd=shop.root)
    assert result.code == 0
    part = yaml.safe_load(result.out)
    assert part["capabilities"]["queue-sqs"]["gcp"] == {"text": "Pub/Sub", "products": ["pub-sub"]}
    assert part["components"]["jobs"] == {"provides": ["queue-sqs"], "when": {"gcp": {"product": "pub-sub"}}}
    assert part["components"]["things"] == {"provides": ["iot-hub"], "in": ["aws"]}
    assert "no one has reviewed them" in result.out
    assert not (shop.root / "reviews.yaml").exists()
    data = json.loads(archgen("parity", "suggest", "--to", "gcp", "--format", "json", cwd=shop.root).out)
    assert {one["id"] for one in data["suggestions"]} == set(part["capabilities"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("suggest",), "proposals need a cloud"),
        (("suggest", "--to", "aws"), "unknown cloud 'aws'"),
        (("suggest", "--to", "gcp", "--format", "csv"), "proposals have no format csv"),
        (("--to", "gcp"), "--to is only for proposals"),
    ],
)
def test_wrong_usage_is_said(shop: Project, arguments: tuple[str, ...], message: str) -> None:
    result = archgen("parity", *arguments, cwd=shop.root)
    assert result.code == 2
    assert message in result.err


def test_the_merged_proposals_make_a_valid_model_once_the_cloud_is_stated(shop: Project) -> None:
    part = yaml.safe_load(archgen("parity", "suggest", "--to", "gcp", cwd=shop.root).out)
    model = yaml.safe_load(MODEL)
    model["clouds"]["gcp"] = {"region": "europe-west1", "availability_zones": ["europe-west1-b"]}
    model["environments"]["live"]["gcp"] = {"project": "shop-live", "cidr": "10.1.0.0/16"}
    model["capabilities"] = part["capabilities"]
    for name, settings in part["components"].items():
        model["components"][name] |= settings
    model["components"]["orders"]["when"]["gcp"]["size"] = "db-custom-1-3840"
    (shop.root / "architecture.yaml").write_text(yaml.safe_dump(model, sort_keys=False), encoding="utf-8")
    loaded = load(shop.root / "architecture.yaml")
    assert loaded.project, [(d.message, d.path) for d in loaded.diagnostics]
