"""The AWS roots of the serverless example with real modules: planned and applied with Terraform, against moto's server.

As for the roots of the reference, the modules are those of the majors before, because the newest need a later AWS provider.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping

import pytest

from conftest import ROOT
from emulating import copied, deliver_code
from terraforming import write_terraform_files
from tools.check_roots import Emulator, Terraform

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("roots")]

ACCOUNTS = {"dev": "444455556666", "prod": "123456789012"}
# The newest major of a module that takes version 5 of the AWS provider, where it is not the newest.
OLDER = {
    "dynamodb-table": 4,
    "eventbridge": 3,
    "lambda": 7,
    "s3-bucket": 4,
    "secrets-manager": 1,
    "sns": 6,
    "sqs": 4,
    "step-functions": 4,
}
STACKS = ("data", "functions", "events")
# moto has no validation of workflows, which the provider asks for in a plan. Its output is what AWS would form.
WORKFLOW = "arn:aws:states:eu-west-1:123456789012:stateMachine:ecom-prod-fulfillment"


@pytest.fixture(scope="module")
def roots(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Terraform]:
    """Terraform in a copy of each root of the example, by stack."""
    root = tmp_path_factory.mktemp("example") / "project"
    shutil.copytree(ROOT / "examples/serverless", root)
    model = root / "architecture.yaml"
    text = model.read_text(encoding="utf-8")
    for environment, number in ACCOUNTS.items():
        text, count = re.subn(rf"(ecom-{environment}: {{name: \w+)}}", rf'\1, id: "{number}"}}', text, count=1)
        assert count == 1
    model.write_text(re.sub(r"modules: \[([^\]]+)\]", _with_majors, text), encoding="utf-8")
    write_terraform_files(model, root)
    return copied(sorted((root / "infra/aws").iterdir()), tmp_path_factory.mktemp("roots"), emulator)


def _with_majors(match: re.Match[str]) -> str:
    names = [name.strip() for name in match[1].split(",")]
    return f"modules: [{', '.join(f'{name}@{OLDER[name]}' if name in OLDER else name for name in names)}]"


def test_the_serverless_example_is_planned_and_applied(
    roots: Mapping[str, Terraform], emulator: Emulator, record_property: Callable[[str, str], None]
) -> None:
    for stack in STACKS:
        for step in ("init", "plan", "apply"):
            record_property("checks", f"aws serverless/{stack} {step}")
    record_property(
        "how", "run: prod, with the majors before, against moto; without the workflow, which moto cannot validate"
    )
    functions = [name for name in _variables(roots["functions"]) if name.startswith("lambda_")]
    packages = [name.removeprefix("lambda_").replace("_", "-") for name in functions]
    deliver_code(emulator, ACCOUNTS["prod"], "ecom-prod-code", packages)
    outputs: dict[str, dict[str, object]] = {}
    for stack in STACKS:
        terraform = roots[stack]
        terraform.prepare()
        terraform.init()
        known = {name: value for name, value in outputs.items() if f'variable "{name}"' in _needs(terraform)}
        (terraform.folder / "needs.from.json").write_text(json.dumps(known), encoding="utf-8")
        given = ["-var-file=prod.tfvars.json", *(["-var-file=needs.from.json"] if outputs else [])]
        given += [f"-target=module.{name}" for name in functions] if stack == "functions" else []
        terraform.run("validate")
        terraform.run("plan", "-input=false", "-out=prod.plan", *given, account=ACCOUNTS["prod"])
        terraform.run("apply", "-input=false", "prod.plan", account=ACCOUNTS["prod"])
        outputs[f"stack_{stack}"] = {"step_functions_fulfillment_state_machine_arn": WORKFLOW, **terraform.outputs()}
    made = roots["events"].run("state", "list").split("\n")
    assert {
        'aws_cloudwatch_event_target.deliveries["bus--fulfillment"]',
        'aws_iam_role_policy.deliveries["bus--fulfillment"]',
        'aws_lambda_event_source_mapping.deliveries["orders--order-changes"]',
        'aws_lambda_event_source_mapping.deliveries["packing--pack"]',
        'aws_lambda_permission.deliveries["bus--book-delivery"]',
        'aws_scheduler_schedule.schedules_nightly["report"]',
        'aws_sns_topic_policy.deliveries["notices"]',
        'aws_sqs_queue_policy.deliveries["failed-events"]',
        'aws_sqs_queue_redrive_policy.deliveries["packing"]',
    } <= set(made)


def _variables(terraform: Terraform) -> list[str]:
    found: dict[str, object] = json.loads((terraform.folder / "prod.tfvars.json").read_text(encoding="utf-8"))
    return list(found)


def _needs(terraform: Terraform) -> str:
    file = terraform.folder / "needs.tf"
    return file.read_text(encoding="utf-8") if file.exists() else ""
