"""Variable files of further kinds on AWS: HTTP APIs, streams, file systems and MySQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archgen.artifacts import terraform_files
from archgen.pipeline import load
from archgen.project import Project
from conftest import ROOT, emitted
from terraforming import all_values_of, problems_of

MODEL = (ROOT / "tests/data/models/kinds-on-aws.yaml").read_text(encoding="utf-8")


def read(folder: Path, text: str) -> Project:
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def changed(old: str, new: str) -> str:
    """The model with a text replaced, which must be there."""
    assert old in MODEL
    return MODEL.replace(old, new)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = read(tmp_path_factory.mktemp("kinds"), MODEL)
    assert not problems_of(project, "ARC-F002", "ARC-F005", "ARC-F025", "ARC-F026", "ARC-F041")
    return all_values_of(project)


# -- HTTP APIs -------------------------------------------------------------------------------------------


def test_an_http_api_has_the_routes_and_limits_of_the_model(made: dict[str, Any]) -> None:
    api = made["apigateway_v2_orders_api"]
    assert {route: request["function"] for route, request in api["requests"].items()} == {
        "GET /orders": "orders",
        "GET /stock/{sku}": "stock",
        "POST /orders": "orders",
    }
    assert api["requests"]["GET /orders"]["authorization_type"] == "JWT"
    assert api["timeout_milliseconds"] == 10000
    assert api["stage_default_route_settings"] == {"throttling_burst_limit": 50, "throttling_rate_limit": 200}
    assert api["stage_access_log_settings"]["create_log_group"]
    assert api["cors_configuration"]["allow_origins"] == ["https://shop.example"]
    assert "disable_execute_api_endpoint" not in api
    assert made["deliveries"]["requests"] == {
        "orders-api--orders": {"api": "orders-api", "function": "orders"},
        "orders-api--stock": {"api": "orders-api", "function": "stock"},
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    authorization: jwt\n", "", "the model does not state the `authorization` of the API"),
        ("authorization: jwt", "authorization: api-key", "cannot have the authorization 'api-key'"),
        ("endpoint: regional", "endpoint: private", "an HTTP API cannot have the endpoint 'private'"),
        ('stock: ["GET /stock/{sku}"]}', 'stok: ["GET /stock"]}', "the route 'stok' has no call with that key"),
        ('["GET /stock/{sku}"]', '["GET /orders"]', "the requests 'GET /orders' go to two functions"),
    ],
)
def test_an_api_that_cannot_be_made_as_stated_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    (problem,) = problems_of(read(tmp_path, changed(old, new)), "ARC-F002")
    assert said in problem


def test_a_rest_api_gets_no_http_api(tmp_path: Path) -> None:
    found = all_values_of(read(tmp_path, changed("type: http", "type: rest")))
    assert not [name for name in found if name.startswith("apigateway_v2")]
    assert found["deliveries"]["requests"] == {}


def test_a_function_without_routes_is_reported(tmp_path: Path) -> None:
    project = read(tmp_path, changed(', stock: ["GET /stock/{sku}"]', ""))
    (problem,) = problems_of(project, "ARC-F025")
    assert "the model does not state which requests go to 'stock'" in problem
    assert set(all_values_of(project)["deliveries"]["requests"]) == {"orders-api--orders"}


def test_routes_that_need_an_authorizer_are_reported_without_one(tmp_path: Path) -> None:
    text = MODEL[: MODEL.index("        apigateway-v2:\n          authorizers")]
    assert "the stack 'apis' does not state what checks the callers of its APIs, so the plan fails" in str(
        problems_of(read(tmp_path, text), "ARC-F026")
    )
    open_to_all = text.replace("authorization: jwt", "authorization: none")
    assert not problems_of(read(tmp_path, open_to_all), "ARC-F026")


def test_domains_without_a_certificate_are_reported(tmp_path: Path) -> None:
    text = changed("    access_logs: true\n", "    access_logs: true\n    domains: [api.shop.example]\n")
    (problem,) = problems_of(read(tmp_path, text), "ARC-F026")
    assert "the certificate of the domains of its APIs, so they do not have these domains" in problem


# -- streams ---------------------------------------------------------------------------------------------


def test_a_stream_has_the_shards_or_the_mode_of_the_model(made: dict[str, Any]) -> None:
    clicks, views = made["kinesis_clicks"], made["kinesis_views"]
    assert (clicks["shards"], clicks["retention_hours"], clicks["encrypted_with_own_key"]) == (4, 48, True)
    assert (views["shards"], views["retention_hours"], views["encrypted_with_own_key"]) == (None, None, False)


def test_a_function_that_receives_from_a_stream_reads_it(made: dict[str, Any]) -> None:
    source = made["deliveries"]["event_sources"]["clicks--counter"]
    assert (source["source"], source["starts"], source["retries"]) == ("clicks", "LATEST", 2)
    may = made["lambda_counter"]["policy_statements"]
    assert set(may) == {"clicks", "clicks-key", "views"}
    assert {"kinesis:GetRecords", "kinesis:SubscribeToShard"} <= set(may["clicks"]["actions"])
    assert may["clicks"]["resources"] == ["arn:aws:kinesis:eu-west-1:123456789012:stream/kinds-prod-clicks"]
    assert "kinesis:PutRecord" in may["views"]["actions"]
    assert "kinesis:GetRecords" not in may["views"]["actions"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("partitions: 4, ", "", "the model does not state the `partitions` of the stream"),
        ("partitions: 4", "partitions: 4, capacity: on-demand", "is on-demand has no `partitions`"),
    ],
)
def test_a_stream_without_a_capacity_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    (problem,) = problems_of(read(tmp_path, changed(old, new)), "ARC-F002")
    assert said in problem


# -- file systems ----------------------------------------------------------------------------------------


def test_a_file_system_has_a_mount_target_in_each_of_its_zones(made: dict[str, Any]) -> None:
    files, scratch = made["efs_files"], made["efs_scratch"]
    assert files["mount_subnets"] == {"eu-west-1a": 2, "eu-west-1b": 3}  # the tier `more` has the first two subnets
    assert scratch["mount_subnets"] == {"eu-west-1b": 3}
    assert "availability_zone_name" not in files
    assert scratch["availability_zone_name"] == "eu-west-1b"


def test_a_file_system_has_the_settings_of_the_model(made: dict[str, Any]) -> None:
    files, scratch = made["efs_files"], made["efs_scratch"]
    assert (files["throughput_mode"], files["provisioned_throughput_in_mibps"]) == ("provisioned", 64)
    assert (files["cold_after"], scratch["cold_after"]) == ("AFTER_30_DAYS", None)
    assert (files["attach_policy"], scratch["attach_policy"]) == (True, False)
    assert (files["enable_backup_policy"], scratch["enable_backup_policy"]) == (True, False)
    assert (files["encrypted_with_own_key"], scratch["encrypted_with_own_key"]) == (True, False)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "cold_after_days: 30",
            "cold_after_days: 31",
            "EFS moves files after 1, 7, 14, 30, 60, 90, 180, 270, 365 days",
        ),
        ("multi_zone: false, zones: [eu-west-1b]", "multi_zone: false", "is in one zone: state it under `zones`"),
        ("    cold_after_days: 30", "    placement: app", "the tier 'app' has no subnet with the role database"),
    ],
)
def test_a_file_system_that_cannot_be_made_as_stated_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in str(problems_of(read(tmp_path, changed(old, new)), "ARC-F002"))


def test_backups_that_efs_does_not_keep_as_long_are_reported(tmp_path: Path) -> None:
    text = changed("backup_retention_days: 35", "backup_retention_days: 90")
    project = read(tmp_path, text)
    (problem,) = problems_of(project, "ARC-F026")
    assert "does not state what keeps backups of its file systems for another time than 35 days" in problem
    assert not all_values_of(project)["efs_files"]["enable_backup_policy"]
    text = text.replace("modules: [efs]}", "modules: [efs], set: {efs: {enable_backup_policy: {value: false}}}}")
    assert not problems_of(read(tmp_path, text), "ARC-F026")


# -- MySQL -----------------------------------------------------------------------------------------------


def test_a_mysql_instance_has_the_settings_of_the_model(made: dict[str, Any]) -> None:
    ledger = made["rds_ledger"]
    assert (ledger["engine"], ledger["engine_version"], ledger["family"]) == ("mysql", "8.4", "mysql8.4")
    assert (ledger["port"], ledger["multi_az"], ledger["backup_retention_period"]) == ("3306", True, 14)
    assert (ledger["username"], ledger["db_name"]) == ("admin", None)
    assert (ledger["manage_master_user_password"], ledger["deletion_protection"]) == (True, True)
    assert ledger["parameters"] == [{"name": "require_secure_transport", "value": "1"}]


def test_mysql_may_accept_connections_without_tls(tmp_path: Path) -> None:
    ledger = all_values_of(read(tmp_path, changed("require_tls: true", "require_tls: false")))["rds_ledger"]
    assert ledger["parameters"] == [{"name": "require_secure_transport", "value": "0"}]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('    engine_version: "8.4"\n', "", "the model does not state the `engine_version`"),
        (
            'engine_version: "8.4"',
            'engine_version: "8"',
            "does not state the `engine_version` of the database, such as 17",
        ),
        ("    size: db.m7g.large\n", "", "the model does not state the `size` of the component"),
        ("    multi_zone: true\n", "", "the model does not state the `multi_zone` of the component"),
        ("    backup: {retention_days: 14}\n", "", "the model does not state the `backup` of the component"),
    ],
)
def test_a_mysql_instance_that_lacks_a_setting_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in str(problems_of(read(tmp_path, changed(old, new)), "ARC-F002"))


def test_mysql_without_an_administrator_is_reported(tmp_path: Path) -> None:
    project = read(tmp_path, changed(", set: {rds: {username: {value: admin}}}", ""))
    (problem,) = problems_of(project, "ARC-F026")
    assert "does not state the administrator of its MySQL databases, so the apply fails" in problem


def _with_recovery(strategy: str) -> str:
    """The model with a recovery region, and a database of PostgreSQL beside the one of MySQL, which has a strategy."""
    text = changed(
        "eu-west-1b]}}", "eu-west-1b], regions: {recovery: {name: eu-central-1, availability_zones: [eu-central-1a]}}}}"
    )
    text = text.replace("cidr: 10.0.0.0/16}}}", "cidr: 10.0.0.0/16, recovery_cidr: 10.1.0.0/16}}}")
    text = text.replace(
        "modules: [rds], set",
        "recovery: true, modules: [rds, database-password, database-copies, database-restore], set",
    )
    text = text.replace(
        "retention_days: 14}\n", f"retention_days: 14}}\n    disaster_recovery: {{strategy: {strategy}}}\n", 1
    )
    book = """  book:
    kind: postgresql
    title: Book
    product: rds-postgresql
    engine_version: "17"
    size: db.m7g.large
    storage_gib: 20
    backup: {retention_days: 7}
    disaster_recovery: {strategy: read-replica}
"""
    return text.replace("  ledger:\n", f"{book}  ledger:\n")


def _files(project: Project) -> dict[str, str]:
    return {a.path.removeprefix("infra/aws/"): a.content.decode() for a in emitted(project, terraform_files)}


def test_copies_of_mysql_go_to_the_recovery_region_and_are_restored_there(tmp_path: Path) -> None:
    files = _files(read(tmp_path, _with_recovery("snapshot-copy")))
    assert json.loads(files["databases/prod.tfvars.json"])["database_copies_ledger"]["retention_days"] == 14
    there = json.loads(files["databases/prod-eu-central-1.tfvars.json"])
    assert there["rds_ledger"]["engine"] == "mysql"
    main = files["databases/main.tf"]
    ledger = main[main.index('module "rds_ledger"') :].split("\n}\n")[0]
    assert "restore_ledger" in ledger
    # The password of the other database is not its own.
    assert "password_wo " not in ledger
    assert "book" not in ledger


def test_a_replica_of_mysql_is_not_made_in_the_recovery_region(tmp_path: Path) -> None:
    files = _files(read(tmp_path, _with_recovery("read-replica")))
    assert json.loads(files["databases/prod-eu-central-1.tfvars.json"]).get("rds_ledger") is None
    assert json.loads(files["databases/prod.tfvars.json"])["rds_ledger"]["manage_master_user_password"]


# -- PostgreSQL ------------------------------------------------------------------------------------------

ACCOUNTS = """\
  accounts:
    kind: postgresql
    title: Accounts
    product: PRODUCT
    engine_version: "16"
    size: db.r8g.large
    storage_gib: 20
    read_replicas: 2
    require_tls: TLS
    backup: {retention_days: 7}
  ledger:
"""


def with_accounts(product: str, tls: str, modules: str) -> str:
    """The model with a PostgreSQL database of a product."""
    accounts = ACCOUNTS.replace("PRODUCT", product).replace("TLS", tls)
    return changed("  ledger:\n", accounts).replace("modules: [rds]", f"modules: [{modules}]")


@pytest.mark.parametrize(("tls", "value"), [("true", "1"), ("false", "0")])
def test_postgresql_rejects_connections_without_tls_as_the_model_states(tmp_path: Path, tls: str, value: str) -> None:
    parameter = {"name": "rds.force_ssl", "value": value}
    made = all_values_of(read(tmp_path, with_accounts("aurora-postgresql", tls, "rds, rds-aurora")))
    group = made["rds_aurora_accounts"]["cluster_parameter_group"]
    assert group == {"family": "aurora-postgresql16", "parameters": [parameter]}
    older = all_values_of(read(tmp_path, with_accounts("aurora-postgresql", tls, "rds, rds-aurora@9")))
    assert older["rds_aurora_accounts"]["db_cluster_parameter_group_parameters"] == [parameter]
    instance = all_values_of(read(tmp_path, with_accounts("rds-postgresql", tls, "rds")))["rds_accounts"]
    assert instance["parameters"] == [parameter]


def test_read_replicas_of_aurora_are_instances_of_the_cluster(tmp_path: Path) -> None:
    project = read(tmp_path, with_accounts("aurora-postgresql", "true", "rds, rds-aurora"))
    made = all_values_of(project)["rds_aurora_accounts"]
    assert made["instances"].keys() == {"writer", "reader", "replica-1", "replica-2"}
    assert not problems_of(project, "ARC-F026", "ARC-F027")


def test_read_replicas_of_rds_have_a_source_with_a_password_that_rds_does_not_manage(tmp_path: Path) -> None:
    project = read(tmp_path, with_accounts("rds-postgresql", "true", "rds, database-password"))
    assert not problems_of(project, "ARC-F002", "ARC-F005", "ARC-F026")
    made = all_values_of(project)
    accounts, ledger = made["rds_accounts"], made["rds_ledger"]
    assert (accounts["replicas"], accounts["manage_master_user_password"], accounts["password_wo_version"]) == (
        2,
        False,
        1,
    )
    assert (ledger["replicas"], ledger["manage_master_user_password"]) == (0, True)
    password = made["database_password_accounts"]
    assert (password["copy"], password["region_abroad"], password["username"]) == (False, None, "postgres")
    assert "database_password_ledger" not in made
    main = _files(project)["databases/main.tf"]
    replica = main[main.index('resource "aws_db_instance" "rds_accounts"') :].split("\n}\n")[0]
    assert "module.rds_accounts.db_instance_identifier" in replica
    assert "security_groups_ids[each.value.security_group]" in replica
    assert "kms_key_id" not in replica  # RDS refuses it for a replica in the region, which has the key of its source


@pytest.mark.parametrize(
    ("modules", "others"),
    [("rds", "kms, kinesis"), ("rds@6, database-password", "kms, kinesis"), ("rds", "kms, kinesis, database-password")],
)
def test_read_replicas_of_rds_without_such_a_password_are_reported(tmp_path: Path, modules: str, others: str) -> None:
    text = with_accounts("rds-postgresql", "true", modules)
    project = read(tmp_path, text.replace("modules: [kms, kinesis]", f"modules: [{others}]"))
    (found,) = problems_of(project, "ARC-F026")
    assert "does not state the password of databases with read replicas, which RDS must not manage" in found
    accounts = all_values_of(project)["rds_accounts"]
    assert (accounts["replicas"], accounts["manage_master_user_password"]) == (0, True)


def test_a_replica_of_mysql_needs_the_name_of_its_administrator(tmp_path: Path) -> None:
    text = changed('engine_version: "8.4"\n', 'engine_version: "8.4"\n    read_replicas: 1\n')
    text = text.replace("modules: [rds], set: {", "modules: [rds, database-password], set: {")
    (found,) = problems_of(read(tmp_path, text), "ARC-F026")
    assert "set username of database-password under `set`" in found
    stated = text.replace("set: {rds: {", "set: {database-password: {username: {value: admin}}, rds: {")
    project = read(tmp_path, stated)
    assert not problems_of(project, "ARC-F026")
    made = all_values_of(project)
    assert (made["rds_ledger"]["replicas"], made["database_password_ledger"]["username"]) == (1, "admin")
