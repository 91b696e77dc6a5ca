"""The roots of a model with kinds that no example makes with Terraform: planned with real modules, against moto's server.

As for the roots of the reference, the modules are those of the majors before, because the newest need a later AWS provider.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from conftest import ROOT
from emulating import copied, created, plan, with_majors
from terraforming import terraform, write_terraform_files
from tools.check_roots import Emulator, Terraform

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("roots")]

MODEL = ROOT / "tests/data/models/kinds-on-aws.yaml"
ACCOUNT = "123456789012"
# The newest major of a module that takes version 5 of the AWS provider, where it is not the newest.
OLDER = {"apigateway-v2": 5, "efs": 1, "kms": 3, "lambda": 7, "rds": 6, "vpc": 5}
# The outputs of earlier stacks, as AWS would form them.
OUTPUTS: Mapping[str, object] = {
    "kms_keys_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000",
    "security_groups_ids": {
        "ledger": "sg-0a1b2c3d4e5f60003",
        "files": "sg-0a1b2c3d4e5f60001",
        "scratch": "sg-0a1b2c3d4e5f60002",
    },
    "vpc_database_subnets": [f"subnet-0a1b2c3d4e5f6000{i}" for i in range(3, 7)],
    "kinesis_clicks_stream_arn": "arn:aws:kinesis:eu-west-1:123456789012:stream/kinds-prod-clicks",
    "kinesis_views_stream_arn": "arn:aws:kinesis:eu-west-1:123456789012:stream/kinds-prod-views",
    "vpc_private_subnets": ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"],
    "vpc_vpc_id": "vpc-0a1b2c3d4e5f60001",
}


@pytest.fixture(scope="module")
def roots(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Terraform]:
    """Terraform in a copy of each root, by stack."""
    root = tmp_path_factory.mktemp("kinds")
    text = with_majors(MODEL.read_text(encoding="utf-8"), OLDER)
    (root / "architecture.yaml").write_text(text, encoding="utf-8")
    write_terraform_files(root / "architecture.yaml", root)
    checked = terraform("fmt", "-check", "-diff", "-recursive", ".", cwd=root / "infra")
    assert checked.returncode == 0, checked.stdout
    return copied(sorted((root / "infra/aws").iterdir()), tmp_path_factory.mktemp("roots"), emulator)


def record(record_property: Callable[[str, str], None], stack: str) -> None:
    """Say that a test initializes and plans a stack."""
    for step in ("init", "plan"):
        record_property("checks", f"aws kinds/{stack} {step}")
    record_property("how", "run: prod, with the majors before")


def test_an_http_api_is_planned(roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]) -> None:
    record(record_property, "apis")
    planned = plan(roots["apis"], OUTPUTS, ACCOUNT)
    assert {
        'aws_lambda_permission.deliveries["orders-api--orders"]',
        'aws_lambda_event_source_mapping.deliveries["clicks--counter"]',
        'module.apigateway_v2_orders_api.aws_apigatewayv2_authorizer.this["jwt"]',
        'module.apigateway_v2_orders_api.aws_apigatewayv2_integration.this["POST /orders"]',
        'module.apigateway_v2_orders_api.aws_apigatewayv2_route.this["GET /stock/{sku}"]',
        'module.apigateway_v2_orders_api.aws_cloudwatch_log_group.this["this"]',
    } <= created(planned)
    assert len(re.findall(r'\+ authorization_type +?= "JWT"', planned)) == 3


def test_streams_are_planned(roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]) -> None:
    record(record_property, "streams")
    planned = plan(roots["streams"], OUTPUTS, ACCOUNT)
    assert {f'aws_kinesis_stream.kinesis_{name}["stream"]' for name in ("clicks", "views")} <= created(planned)
    assert re.search(r'\+ kms_key_id +?= "alias/aws/kinesis"', planned)
    assert re.search(r'\+ stream_mode += "ON_DEMAND"', planned)


def test_file_systems_are_planned(roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]) -> None:
    record(record_property, "files")
    planned = plan(roots["files"], OUTPUTS, ACCOUNT)
    assert {
        "module.efs_files.aws_efs_file_system_policy.this[0]",
        'module.efs_files.aws_efs_mount_target.this["eu-west-1a"]',
        'module.efs_files.aws_efs_mount_target.this["eu-west-1b"]',
        'module.efs_scratch.aws_efs_mount_target.this["eu-west-1b"]',
    } <= created(planned)
    # The tier `data` has the subnets after those of `more`, whose addresses are lower.
    assert re.search(r'mount_target.this\["eu-west-1a"\].*?subnet_id += "subnet-0a1b2c3d4e5f60005"', planned, re.DOTALL)
    assert re.search(r'transition_to_ia += "AFTER_30_DAYS"', planned)
    assert re.search(r'availability_zone_name += "eu-west-1b"', planned)


def test_a_mysql_instance_is_planned(
    roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]
) -> None:
    record(record_property, "databases")
    planned = plan(roots["databases"], OUTPUTS, ACCOUNT)
    instance = "module.rds_ledger.module.db_instance.aws_db_instance.this[0]"
    assert instance in created(planned)
    assert re.search(r'\+ family += "mysql8.4"', planned)
    assert re.search(r'\+ name += "require_secure_transport"', planned)
    assert re.search(r"\+ manage_master_user_password += true", planned)
