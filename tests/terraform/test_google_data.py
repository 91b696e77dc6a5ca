"""Buckets and databases on Google Cloud."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archgen.terraform.google import gcp_apis
from conftest import missing, project_of
from terraforming import terraform, values_of, write_roots
from tools.check_google_roots import check

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1, recovery_region: europe-west4, availability_zones: [europe-west1-b, europe-west1-c]}}
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
  keys: {kind: key-management, title: Keys, product: cloud-kms, rotation_days: 90, protects: [lake, orders, numbers]}
  lake: {kind: object-store, title: Lake, retention_days: 400, storage_class: NEARLINE, permissions: bucket}
  drafts: {kind: object-store, title: Drafts, versioned: false, permissions: object}
  downloads: {kind: object-store, title: Downloads, public_access: true}
  archive: {kind: object-store, title: Archive, immutable: true, retention_days: 400}
  orders:
    kind: relational-database
    title: Orders
    product: cloud-sql-mysql
    engine: mysql
    engine_version: "8.4"
    size: db-perf-optimized-N-4
    storage_gib: 100
    max_storage_gib: 200
    multi_zone: true
    backup: {retention_days: 14}
    disaster_recovery: {strategy: read-replica}
    read_replicas: 2
    iam_authentication: true
    deletion_protection: false
  notes:
    kind: relational-database
    title: Notes
    product: cloud-sql-mysql
    engine_version: "8.0"
    size: db-custom-2-8192
    require_tls: false
  sessions:
    kind: cache
    title: Sessions
    product: memorystore-valkey
    placement: app
    engine_version: "8.0"
    size: HIGHMEM_MEDIUM
    replicas: 1
  numbers:
    kind: data-warehouse
    title: Numbers
    product: bigquery
    table_expiration_days: 60
    time_travel_hours: 72
  page:
    kind: container-service
    title: Page
    product: cloud-run
    image: page
    calls: {orders: {data: both}, numbers: {data: received}}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    network: {purpose: The network., modules: [network, private-service-access, valkey-connections]}
    made:
      purpose: All.
      after: [network]
      modules: [kms, kms-recovery, cloud-storage, sql-mysql, bigquery, service-accounts, valkey]
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of the stack with the data, next to that of the network, with their values."""
    project, folder = project_of(tmp_path_factory.mktemp("shop"), MODEL), tmp_path_factory.mktemp("roots")
    write_roots(project, folder)
    return folder / "infra/gcp/made"


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, Any]:
    return values_of(root)


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


def test_a_mysql_instance_has_what_the_model_states(made: dict[str, Any]) -> None:
    orders = made["mysql_orders"]
    assert (orders["database_version"], orders["tier"]) == ("MYSQL_8_4", "db-perf-optimized-N-4")
    assert (orders["edition"], orders["availability_type"]) == ("ENTERPRISE_PLUS", "REGIONAL")
    assert orders["backup_configuration"] == {
        "binary_log_enabled": True,
        "enabled": True,
        "location": None,
        "retained_backups": 14,
        "retention_unit": "COUNT",
        "transaction_log_retention_days": "13",
    }
    assert (orders["deletion_protection"], orders["deletion_protection_enabled"]) == (False, False)
    assert orders["database_flags"] == [{"name": "cloudsql_iam_authentication", "value": "on"}]
    assert [user["id"] for user in orders["iam_users"]] == ["page"]
    assert (orders["enable_default_db"], orders["enable_default_user"]) == (False, False)


def test_what_the_model_does_not_state_of_an_instance_is_left_out(made: dict[str, Any]) -> None:
    notes = made["mysql_notes"]
    assert not notes.keys() & {"availability_type", "backup_configuration", "disk_size", "disk_autoresize_limit"}
    assert (notes["edition"], notes["deletion_protection"]) == ("ENTERPRISE", True)
    assert notes["ip_configuration"] == {"ipv4_enabled": False, "ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}


def test_replicas_are_zone_by_zone_and_in_the_recovery_region_with_a_key_there(
    made: dict[str, Any], root: Path
) -> None:
    replicas = made["mysql_orders"]["read_replicas"]
    assert {replica["name_override"]: replica["zone"] for replica in replicas} == {
        "shop-prod-orders-0": "europe-west1-b",
        "shop-prod-orders-1": "europe-west1-c",
        "shop-prod-orders-recovery": "europe-west4-b",
    }
    assert {replica["tier"] for replica in replicas} == {"db-perf-optimized-N-4"}
    assert made["kms_recovery_keys"]["keys"] == {"orders": "gcp-sa-cloud-sql"}
    assert "encryption_key_name = var.mysql_orders.encryption_key" in " ".join((root / "main.tf").read_text().split())


def test_a_warehouse_is_a_dataset_with_its_key_and_callers(made: dict[str, Any], root: Path) -> None:
    dataset = made["bigquery_numbers"]
    assert (dataset["dataset_id"], dataset["location"]) == ("shop_prod_numbers", "europe-west1")
    assert dataset["default_table_expiration_ms"] == 60 * 86400 * 1000
    assert dataset["max_time_travel_hours"] == 72
    assert "default_partition_expiration_ms" not in dataset
    assert made["kms_keys"]["keys"]["numbers"] == "bigquery"
    assert 'data "google_bigquery_default_service_account" "kms_keys"' in (root / "main.tf").read_text()
    page = made["service_account_page"]
    assert "roles/bigquery.jobUser" in page["roles"]
    assert (
        f"datasets/{dataset['dataset_id']}'" in page["limited_roles"]["roles/bigquery.dataViewer numbers"]["expression"]
    )
    assert "roles/bigquery.dataEditor" not in made["service_account_page"]["roles"]


def test_a_valkey_cache_has_its_endpoints_in_the_subnet_of_its_tier(made: dict[str, Any], root: Path) -> None:
    cache = made["valkey_sessions"]
    assert (cache["engine_version"], cache["node_type"]) == ("VALKEY_8_0", "HIGHMEM_MEDIUM")
    assert (cache["mode"], cache["shard_count"], cache["replica_count"]) == ("CLUSTER_DISABLED", 1, 1)
    assert cache["transit_encryption_mode"] == "SERVER_AUTHENTICATION"
    network = json.loads((root.parent / "network/prod.tfvars.json").read_text())
    assert network["valkey_connections"]["subnetworks"] == ["shop-prod-main-app"]
    assert "var.stack_network.valkey_connections_network_name" in (root / "main.tf").read_text()


def test_a_project_with_a_valkey_cache_has_the_api_of_its_endpoints(tmp_path: Path) -> None:
    project = project_of(tmp_path, MODEL)
    assert "networkconnectivity.googleapis.com" in gcp_apis(project.resolved.default)


def test_a_valkey_cache_in_the_range_of_managed_services_is_an_error(tmp_path: Path) -> None:
    project = project_of(tmp_path, MODEL.replace("    placement: app\n", ""))
    (problem,) = (p for p in project.plans.problems if p.code == "ARC-F002")
    assert "'sessions' is not placed in a tier with a subnet" in (problem.help or "")


def test_an_instance_without_a_version_is_an_error(tmp_path: Path) -> None:
    project = project_of(tmp_path, MODEL.replace('    engine_version: "8.0"\n', ""))
    (problem,) = (p for p in project.plans.problems if p.code == "ARC-F002")
    assert problem.path[:2] == ("components", "notes")
    assert "the model does not state the `engine_version` of the component" in (problem.help or "")


def test_logs_that_are_kept_as_long_as_backups_are_refused(root: Path, tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    shutil.copytree(root, tmp_path / "made")
    wrong = json.loads((root / "prod.tfvars.json").read_text())
    wrong["mysql_orders"]["backup_configuration"]["retained_backups"] = 1
    (tmp_path / "made/prod.tfvars.json").write_text(json.dumps(wrong))
    (result,) = check(tmp_path / "made", None)
    assert "The number of retained backups must be 2 to 365" in result.errors


@pytest.mark.slow
def test_the_roots_of_data_fit_their_modules(root: Path, record_property: Callable[[str, str], None]) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    checkouts = os.environ.get("ARCHGEN_MODULES")
    record_property("checks", "gcp kinds/data plan")
    record_property("how", f"read: variable blocks{', validations' if checkouts else ''} and references, as a plan")
    for each in (root, root.parent / "network"):
        (result,) = check(each, Path(checkouts) if checkouts else None)
        assert result.errors == ""
        assert result.modules >= 2
        checked = terraform("fmt", "-check", "-diff", ".", cwd=each)
        assert checked.returncode == 0, checked.stdout
