"""What the stacks of a model make is recognized by the addresses that their roots give it, and nodes by what runs on them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archgen.importing.terraform_json import TerraformFile, read_content
from drifted import PHASES, report_of, resolved_of, state_of

STACKS = PHASES.replace(
    "components:", "terraform:\n  stacks:\n    data: {purpose: Queues., modules: [sqs, s3-bucket]}\ncomponents:", 1
)


def in_module(module: str, *types: str, **values: Any) -> TerraformFile:
    """A state with resources in a module, all with the same values."""
    entries = [
        {"mode": "managed", "type": type_, "name": "this", "address": f"{module}.{type_}.this", "values": values}
        for type_ in types
    ]
    root = {"child_modules": [{"address": module, "resources": entries}]}
    content = json.dumps({"format_version": "1.0", "values": {"root_module": root}})
    return read_content(content.encode(), f"{values['name']}.json")


def test_a_component_is_what_its_stack_makes_at_its_address() -> None:
    resolved = resolved_of(STACKS)
    own = in_module("module.sqs_jobs", "aws_sqs_queue", name="tasks", message_retention_seconds=4 * 86400)
    report = report_of(resolved, own)
    assert report.coverage.compared == {"jobs": "stack"}
    assert [d.message for d in report.findings] == ["jobs.identifier is jobs in the model, and tasks in the file"]
    other = in_module("module.sqs_tasks", "aws_sqs_queue", name="tasks")
    assert [(d.kind, d.path) for d in report_of(resolved, other).findings] == [
        ("missing", ("components", "jobs")),
        ("not-modeled", ()),
    ]


@pytest.mark.parametrize(
    ("module", "kinds"), [("module.sqs_jobs", []), ("module.own", ["missing", *["not-modeled"] * 2])]
)
def test_what_a_stack_makes_for_a_component_of_another_kind_is_modeled(module: str, kinds: list[str]) -> None:
    source = in_module(module, "aws_sqs_queue", "aws_kms_key", name="main", message_retention_seconds=4 * 86400)
    findings = [d for d in report_of(resolved_of(STACKS), source).findings if d.path[2:] != ("identifier",)]
    assert [d.kind for d in findings] == kinds


def test_of_two_stacks_with_the_address_the_one_with_the_name_is_meant() -> None:
    resolved = resolved_of(STACKS)
    same, other = (
        in_module("module.sqs_jobs", "aws_sqs_queue", name=name, message_retention_seconds=days * 86400, id=name)
        for name, days in (("jobs", 4), ("tasks", 14))
    )
    findings = report_of(resolved, other, same).findings
    assert [(d.kind, d.addresses) for d in findings] == [("not-modeled", ("module.sqs_jobs.aws_sqs_queue.this",))]


@pytest.mark.parametrize(("host", "kinds"), [("runs_on: nodes, ", []), ("", ["connection"])])
def test_nodes_may_connect_to_what_the_services_on_them_call(host: str, kinds: list[str]) -> None:
    text = (
        PHASES[: PHASES.index("components:")]
        + f"""\
components:
  nodes: {{kind: virtual-machine, title: Nodes, product: ec2, size: t3.small, image: ami-1, calls: {{other: {{}}}}}}
  web: {{kind: service, title: Web, {host}product: flask, calls: {{sessions: {{port: 6379}}}}}}
  sessions: {{kind: cache, title: Sessions, product: elasticache, size: cache.t4g.small, engine_version: "7.1", placement: managed}}
  other: {{kind: queue, title: Other, product: sqs}}
"""
    )
    source = state_of(
        "state.json",
        ("aws_instance.nodes", {"instance_type": "t3.small", "vpc_security_group_ids": ["sg-1111"]}),
        (
            "aws_elasticache_replication_group.sessions",
            {"engine": "redis", "node_type": "cache.t4g.small", "security_group_ids": ["sg-2222"]},
        ),
        ("aws_security_group.nodes", {"id": "sg-1111"}),
        ("aws_security_group.sessions", {"id": "sg-2222"}),
        (
            "aws_vpc_security_group_ingress_rule.sessions",
            {
                "security_group_id": "sg-2222",
                "referenced_security_group_id": "sg-1111",
                "from_port": 6379,
                "to_port": 6379,
            },
        ),
    )
    assert [d.kind for d in report_of(resolved_of(text), source, partial=True).findings] == kinds
