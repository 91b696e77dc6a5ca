"""Buckets and databases on Google Cloud."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archgen.artifacts import terraform_files
from archgen.pipeline import load
from archgen.project import Project
from conftest import emitted, missing
from tools.check_google_roots import check

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1, availability_zones: [europe-west1-b, europe-west1-c]}}
environments: {prod: {name: Prod, gcp: {project: shop-prod, cidr: 10.0.0.0/16}}}
network:
  name: main
  tiers:
    app: {name: App, internet: outbound, prefix_length: 20, netnum: 1}
    data: {name: Data, internet: none, prefix_length: 20, netnum: 2}
  gcp: {private_services_tier: data}
defaults:
  kinds:
    object-store: {product: cloud-storage}
components:
  keys: {kind: key-management, title: Keys, product: cloud-kms, rotation_days: 90, protects: [lake]}
  lake: {kind: object-store, title: Lake, retention_days: 400, storage_class: NEARLINE, permissions: bucket}
  drafts: {kind: object-store, title: Drafts, versioned: false, permissions: object}
  downloads: {kind: object-store, title: Downloads, public_access: true}
  archive: {kind: object-store, title: Archive, immutable: true, retention_days: 400}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made: {purpose: All., modules: [network, private-service-access, kms, cloud-storage]}
"""


def read(folder: Path, text: str) -> Project:
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of the stack, with its values."""
    project, folder = read(tmp_path_factory.mktemp("shop"), MODEL), tmp_path_factory.mktemp("root")
    for artifact in emitted(project, terraform_files):
        if artifact.path.startswith("infra/gcp/made/"):
            (folder / Path(artifact.path).name).write_bytes(artifact.content)
    return folder


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "prod.tfvars.json").read_text())
    return found


def test_a_bucket_is_private_and_deletes_what_is_older_than_the_model_states(made: dict[str, Any]) -> None:
    lake = made["cloud_storage_lake"]
    assert (lake["names"], lake["storage_class"]) == (["shop-prod-lake"], "NEARLINE")
    assert lake["public_access_prevention"] == "enforced"
    assert lake["lifecycle_rules"] == [{"action": {"type": "Delete"}, "condition": {"age": 400, "with_state": "ANY"}}]
    assert (lake["versioning"], lake["bucket_policy_only"]) == ({"shop-prod-lake": True}, {"shop-prod-lake": True})
    assert lake["encryption_key"] == "lake"


def test_a_bucket_keeps_objects_forever_unless_the_model_states_otherwise(made: dict[str, Any]) -> None:
    drafts = made["cloud_storage_drafts"]
    assert not drafts.keys() & {"lifecycle_rules", "storage_class"}
    assert (drafts["versioning"], drafts["bucket_policy_only"]) == (
        {"shop-prod-drafts": False},
        {"shop-prod-drafts": False},
    )


def test_public_and_immutable_buckets_are_for_other_modules(made: dict[str, Any]) -> None:
    assert {name for name in made if name.startswith("cloud_storage")} == {"cloud_storage_lake", "cloud_storage_drafts"}


def test_the_root_fits_the_modules(root: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    checkouts = os.environ.get("ARCHGEN_MODULES")
    (result,) = check(root, Path(checkouts) if checkouts else None)
    assert result.errors == ""
    assert result.modules >= 4
