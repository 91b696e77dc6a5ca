"""The roots of a model with load balancers and what they pass requests on to: planned and applied with real modules, against moto's server.

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

MODEL = ROOT / "tests/data/models/balanced-on-aws.yaml"
ACCOUNT = "123456789012"
# The newest major of a module that takes version 5 of the AWS provider, where it is not the newest.
OLDER = {"acm": 5, "alb": 9, "kms": 3, "lambda": 7, "route53": 5, "vpc": 5, "waf": 1.11}
# The outputs of earlier stacks, as AWS would form them.
OUTPUTS: Mapping[str, object] = {
    "acm_certificates_acm_certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000",
    "alb_front_target_group_arns": {
        "licenses": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/licen-0a1b/0a1b2c3d4e5f6003",
        "desk": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/desk-0a1b/0a1b2c3d4e5f6002",
        "shop": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-0a1b/0a1b2c3d4e5f6000",
    },
    "alb_inner_target_group_arns": {
        "stock": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/stock-0a1b/0a1b2c3d4e5f6001"
    },
    "kms_keys_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000001",
    "lambda_reports_lambda_function_arn": "arn:aws:lambda:eu-west-1:123456789012:function:balanced-prod-reports",
    "route53_names_id": "Z0123456789ABCDEFGHIJ",
    "security_groups_ids": {
        name: f"sg-0a1b2c3d4e5f6000{i}"
        for i, name in enumerate(("front", "inner", "shop", "stock", "licenses", "desk", "batch"))
    },
    "vpc_database_subnets": [],
    "vpc_intra_subnets": [],
    "vpc_private_subnets": [f"subnet-0a1b2c3d4e5f6001{i}" for i in range(6)],
    "vpc_public_subnets": [f"subnet-0a1b2c3d4e5f6002{i}" for i in range(3)],
    "vpc_vpc_id": "vpc-0a1b2c3d4e5f60001",
}


@pytest.fixture(scope="module")
def roots(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Terraform]:
    """Terraform in a copy of each root, by stack."""
    root = tmp_path_factory.mktemp("balanced")
    text = with_majors(MODEL.read_text(encoding="utf-8"), OLDER)
    (root / "architecture.yaml").write_text(text, encoding="utf-8")
    write_terraform_files(root / "architecture.yaml", root)
    checked = terraform("fmt", "-check", "-diff", "-recursive", ".", cwd=root / "infra")
    assert checked.returncode == 0, checked.stdout
    return copied(sorted((root / "infra/aws").iterdir()), tmp_path_factory.mktemp("roots"), emulator)


def record(record_property: Callable[[str, str], None], stack: str) -> None:
    """Say that a test initializes and plans a stack."""
    for step in ("init", "plan"):
        record_property("checks", f"aws balanced/{stack} {step}")
    record_property("how", "run: prod, with the majors before")


def test_load_balancers_are_planned(
    roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]
) -> None:
    record(record_property, "balancing")
    planned = plan(roots["balancing"], OUTPUTS, ACCOUNT)
    assert {
        'module.alb_front.aws_lb_listener.this["http"]',
        'module.alb_front.aws_lb_listener.this["https"]',
        'module.alb_front.aws_lb_listener_rule.this["https/licenses"]',
        'module.alb_front.aws_lb_listener_rule.this["https/reports"]',
    } <= created(planned)
    assert re.search(r'ssl_policy +?= "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"', planned)
    assert re.search(r'\+ status_code += "HTTP_301"', planned)
    https = re.search(r'target_group.this\["licenses"\].*?health_check {(.*?)}', planned, re.DOTALL)
    assert https
    assert {"path": "/alive", "port": "8081", "protocol": "HTTPS"}.items() <= dict(
        re.findall(r'\+ (\w+) += "([^"]+)"', https[1])
    ).items()


def test_services_on_fargate_are_planned(
    roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]
) -> None:
    record(record_property, "services")
    planned = plan(roots["services"], OUTPUTS, ACCOUNT)
    assert {
        'aws_appautoscaling_policy.ecs_service_shop["service"]',
        'aws_ecs_cluster.ecs_cluster["cluster"]',
        'aws_ecs_service.ecs_service_stock["service"]',
        'aws_ecs_service.scaled_ecs_service_shop["service"]',
    } <= created(planned)
    assert re.search(r'\+ target_group_arn += ".*targetgroup/shop-0a1b/', planned)
    assert re.search(r"\+ rollback += true", planned)
    assert "registry.example/stock:v1.2.0" in planned
    assert re.search(r"\+ health_check_grace_period_seconds += 90", planned)
    assert (
        planned.count('"aws:SourceAccount"') == 2
    )  # the roles of the tasks of both services, but not those that start them
    assert re.search(r'valueFrom += "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"', planned)


def test_groups_of_machines_are_planned(
    roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]
) -> None:
    record(record_property, "machines")
    planned = plan(roots["machines"], OUTPUTS, ACCOUNT)
    assert {
        'aws_autoscaling_group.autoscaling_batch["machines"]',
        'aws_autoscaling_group.scaled_autoscaling_desk["machines"]',
        'aws_autoscaling_policy.autoscaling_desk["machines"]',
        'aws_instance.ec2_instance_licenses["1"]',
        'aws_instance.ec2_instance_licenses["2"]',
        'aws_launch_template.autoscaling_desk["machines"]',
        'aws_lb_target_group_attachment.ec2_instance_licenses["front--licenses-2"]',
    } <= created(planned)
    licenses = planned[planned.index('aws_instance.ec2_instance_licenses["2"]') :]
    assert re.search(r'\+ subnet_id += "subnet-0a1b2c3d4e5f60014"', licenses)
    assert re.search(r"\+ volume_size += 30", licenses)
    assert re.search(r'\+ volume_type += "gp3"', licenses)
    desk = planned[planned.index('aws_launch_template.autoscaling_desk["machines"]') :]
    assert re.search(r'\+ device_name +?= "/dev/\w+"', desk)
    assert re.search(r'\+ encrypted +?= "true"', desk)
    assert re.search(r"\+ volume_size +?= 40", desk)
    assert re.search(r'\+ http_tokens +?= "required"', desk)
    # The provider states the upper limit even if the code does not, so a machine starts first where none may be missing.
    assert re.search(r"\+ max_healthy_percentage += 100\s+\+ min_healthy_percentage += 83", planned)
    assert "targetgroup/desk-0a1b/" in planned
    assert re.search(r'\+ image_id +?= "resolve:ssm:/aws/service/', planned)
