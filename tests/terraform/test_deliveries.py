"""Queues, topics, tables, functions, workflows and event buses on AWS, and what one delivers to another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archgen.artifacts import terraform_files
from archgen.pipeline import load
from archgen.project import Project
from conftest import ROOT, emitted
from terraforming import terraform

EXAMPLE = ROOT / "examples/serverless"
MODEL = """\
version: 2
name: Shop
project: shop
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, aws: {account: main}}}
organization: {aws: {accounts: {main: {name: Main, id: "111122223333"}}}}
components:
  keys: {kind: key-management, title: Keys, product: kms, protects: [work, stock]}
  bus:
    kind: event-bus
    title: Bus
    product: eventbridge
    archive_days: 7
    max_attempts: 5
    max_event_age_hours: 2
    dead_letters: failed
    patterns: {work: '{"source": ["shop"]}', ordered: '{"source": ["shop"]}', news: '{"source": ["shop"]}', api: "no JSON"}
    calls: {work: {kind: event}, ordered: {kind: event}, news: {kind: event}, api: {kind: event}, quiet: {kind: event}, failed: {}}
  news: {kind: topic, title: News, product: sns, dead_letters: failed, calls: {work: {kind: event}, api: {}, ordered: {kind: event}}}
  exact: {kind: topic, title: Exact, product: sns, ordered: true, deduplication: content, calls: {ordered: {}, api: {}}}
  work: {kind: queue, title: Work, product: sqs, max_message_kib: 64, dead_letters: failed, max_receives: 4}
  ordered: {kind: queue, title: Ordered, product: sqs, ordered: true, dead_letters: failed, max_receives: 4}
  uncounted: {kind: queue, title: Uncounted, product: sqs, retention_days: 0.5, dead_letters: failed, calls: {quiet: {kind: event}}}
  failed: {kind: queue, title: Failed, product: sqs}
  stock:
    kind: document-database
    title: Stock
    product: dynamodb
    partition_key: sku
    key_type: number
    sort_key: day
    expires_by: until
  api:
    kind: function
    title: API
    product: lambda
    timeout_seconds: 20
    dead_letters: failed
    max_attempts: 2
    calls: {work: {data: received}, stock: {data: sent}}
  quiet: {kind: function, title: Quiet, product: lambda, calls: {stock: {kind: event, data: received}}}
  nightly:
    kind: schedule
    title: Nightly
    product: eventbridge-scheduler
    expression: rate(1 day)
    calls: {steps: {kind: event}, elsewhere: {kind: event}}
  elsewhere: {kind: external-system, title: Elsewhere}
  steps: {kind: workflow, title: Steps, product: step-functions, type: express, logging: error, calls: {api: {data: both}}}
terraform:
  stacks:
    made:
      purpose: All.
      modules: [MODULES]
      set:
        lambda: {s3_existing_package: {expression: "{'bucket': 'code', 'key': component_name}"}, handler: {value: index.handler}}
        step-functions: {definition: {value: '{}'}}
"""
MODULES = "kms, sqs, sns, dynamodb-table, eventbridge, lambda, step-functions, deliveries, schedules"


def read(tmp_path: Path, text: str) -> Project:
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def values_of(project: Project, stack: str, environment: str = "prod") -> dict[str, Any]:
    files = {a.path: a.content.decode() for a in emitted(project, terraform_files)}
    (path,) = (path for path in files if path.endswith(f"{stack}/{environment}.tfvars.json"))
    found: dict[str, Any] = json.loads(files[path])
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return values_of(read(tmp_path_factory.mktemp("shop"), MODEL.replace("MODULES", MODULES)), "made")


# -- what modules make -----------------------------------------------------------------------------------


def test_a_queue_hides_messages_for_six_times_the_timeout_of_its_reader(made: dict[str, Any]) -> None:
    assert made["sqs_work"]["visibility_timeout_seconds"] == 120
    assert made["sqs_work"]["max_message_size"] == 64 * 1024
    assert (
        made["sqs_uncounted"]["visibility_timeout_seconds"] == 18
    )  # Lambda stops a function after 3 seconds by default
    assert made["sqs_uncounted"]["message_retention_seconds"] == 43200
    assert "visibility_timeout_seconds" not in made["sqs_failed"]


def test_queues_and_topics_that_keep_the_order_are_fifo(made: dict[str, Any]) -> None:
    assert [name for name in ("work", "ordered", "failed") if made[f"sqs_{name}"]["fifo_queue"]] == ["ordered"]
    assert made["sns_exact"]["fifo_topic"]
    assert made["sns_exact"]["content_based_deduplication"]


def test_a_table_has_its_key_and_streams_changes_to_those_who_take_them(made: dict[str, Any]) -> None:
    table = made["dynamodb_table_stock"]
    assert table["attributes"] == [{"name": "sku", "type": "N"}, {"name": "day", "type": "S"}]
    assert (table["hash_key"], table["range_key"], table["billing_mode"]) == ("sku", "day", "PAY_PER_REQUEST")
    assert (table["stream_enabled"], table["stream_view_type"]) == (True, "NEW_AND_OLD_IMAGES")
    assert (table["ttl_enabled"], table["ttl_attribute_name"]) == (True, "until")
    assert table["server_side_encryption_enabled"]


def test_a_table_without_a_partition_key_is_an_error(tmp_path: Path) -> None:
    project = read(tmp_path, MODEL.replace("MODULES", MODULES).replace("    partition_key: sku\n", ""))
    (problem,) = (p for p in project.plans.problems if p.code == "ARC-F002")
    assert problem.path[:2] == ("components", "stock")
    assert "the model does not state the `partition_key` of the table" in (problem.help or "")


def test_a_function_may_do_what_its_calls_and_event_sources_need(made: dict[str, Any]) -> None:
    api = made["lambda_api"]["policy_statements"]
    assert set(api) == {"failed", "stock", "stock-key", "work", "work-key"}
    assert "dynamodb:PutItem" in api["stock"]["actions"]
    assert "dynamodb:GetItem" not in api["stock"]["actions"]  # it only sends
    assert "sqs:ReceiveMessage" in api["work"]["actions"]
    assert "sqs:SendMessage" not in api["work"]["actions"]
    assert api["failed"] == {
        "actions": ["sqs:SendMessage"],
        "resources": ["arn:aws:sqs:eu-west-1:111122223333:shop-prod-failed"],
    }
    assert api["work-key"]["condition"][0]["values"] == ["sqs.eu-west-1.amazonaws.com"]
    quiet = made["lambda_quiet"]["policy_statements"]
    assert set(quiet) == {"stock-key", "stock-stream", "uncounted"}
    assert quiet["stock-stream"]["resources"] == [
        "arn:aws:dynamodb:eu-west-1:111122223333:table/shop-prod-stock/stream/*"
    ]


def test_the_names_of_fifo_queues_in_policies_end_with_fifo(tmp_path: Path) -> None:
    text = MODEL.replace("MODULES", MODULES).replace("work: {data: received}, stock", "ordered: {data: sent}, stock")
    api = values_of(read(tmp_path, text), "made")["lambda_api"]["policy_statements"]
    assert api["ordered"]["resources"] == ["arn:aws:sqs:eu-west-1:111122223333:shop-prod-ordered.fifo"]


def test_a_workflow_may_call_what_the_model_says(made: dict[str, Any]) -> None:
    steps = made["step_functions_steps"]
    assert steps["type"] == "EXPRESS"
    assert steps["policy_statements"]["api"]["actions"] == ["lambda:InvokeFunction"]
    assert steps["logging_configuration"] == {"include_execution_data": "false", "level": "ERROR"}


# -- deliveries ------------------------------------------------------------------------------------------


def test_deliveries_follow_from_the_connections(made: dict[str, Any]) -> None:
    found = made["deliveries"]
    assert found["dead_letters"] == {"work": {"max_receives": 4, "queue": "failed"}}
    assert set(found["event_sources"]) == {"work--api", "stock--quiet", "uncounted--quiet"}
    assert found["event_sources"]["stock--quiet"]["starts"] == "LATEST"
    assert found["event_sources"]["work--api"]["starts"] is None
    assert found["failures"] == {"api": {"failures": "failed", "retries": 1}}  # nothing calls `quiet` without waiting
    assert set(found["rules"]) == {"bus--news", "bus--work"}
    assert found["rules"]["bus--work"]["attempts"] == 4
    assert found["rules"]["bus--work"]["max_age_seconds"] == 7200
    assert set(found["subscriptions"]) == {"news--work", "news--api", "exact--ordered"}
    assert found["subscriptions"]["exact--ordered"]["dead_letters"] is None
    assert found["queue_senders"] == {
        "failed": {"rules": ["bus--news", "bus--work"], "topics": ["news"]},
        "ordered": {"rules": [], "topics": ["exact"]},
        "work": {"rules": ["bus--work"], "topics": ["news"]},
    }
    assert found["topic_senders"] == {"news": {"rules": ["bus--news"]}}


def test_a_schedule_starts_what_it_calls(made: dict[str, Any]) -> None:
    schedule = made["schedules_nightly"]
    assert schedule["targets"] == {"steps": {"action": "states:StartExecution", "name": "shop-prod-nightly-steps"}}
    assert (schedule["expression"], schedule["time_zone"]) == ("rate(1 day)", "UTC")


def test_a_schedule_without_an_expression_is_an_error(tmp_path: Path) -> None:
    project = read(tmp_path, MODEL.replace("MODULES", MODULES).replace("    expression: rate(1 day)\n", ""))
    assert [(p.code, p.path[1]) for p in project.plans.problems if p.severity == "error"] == [("ARC-F002", "nightly")]


def test_what_is_not_delivered_is_reported_with_the_reason(tmp_path: Path) -> None:
    project = read(tmp_path, MODEL.replace("MODULES", MODULES))
    found = {
        f"{p.path[1]} {p.path[-1]} ({p.severity})": p.message.partition(": ")[2]
        for p in project.plans.problems
        if p.code == "ARC-F025"
    }
    starts = "AWS Lambda, Amazon SQS, Amazon SNS, Amazon EventBridge, AWS Step Functions"
    fits = "no stack makes a queue 'failed' that fits: FIFO for a FIFO queue or topic, and standard for others"
    key = "the policy of the key that protects 'work' does not let {}.amazonaws.com use it"
    assert found == {
        "bus work (warning)": key.format("events"),
        "news work (warning)": key.format("sns"),
        "bus ordered (warning)": "'ordered' is FIFO and needs a message group",
        "bus api (warning)": "the pattern 'api' is not a JSON object",
        "bus quiet (warning)": "the model does not state which events go to 'quiet'",
        "news ordered (warning)": "a topic that is not FIFO cannot deliver to a FIFO queue",
        "exact api (warning)": "a FIFO topic delivers to queues only",
        "nightly elsewhere (info)": f"archgen makes such deliveries to {starts} only",
        "ordered dead_letters (warning)": fits,
        "uncounted dead_letters (warning)": "the model does not state after how many receives a message goes there",
    }


def test_without_the_module_nothing_is_delivered(tmp_path: Path) -> None:
    project = read(tmp_path, MODEL.replace("MODULES", MODULES.replace(", deliveries, schedules", "")))
    reasons = {p.message.partition(": ")[2] for p in project.plans.problems if p.code == "ARC-F025"}
    assert reasons == {"no stack has the module 'deliveries'"}


def test_what_no_stack_makes_gets_no_delivery(tmp_path: Path) -> None:
    project = read(tmp_path, MODEL.replace("MODULES", MODULES.replace("lambda, ", "")))
    found = values_of(project, "made")["deliveries"]
    assert (found["event_sources"], found["failures"]) == ({}, {})
    assert set(found["subscriptions"]) == {"news--work", "exact--ordered"}


def test_functions_and_workflows_without_code_are_reported(tmp_path: Path) -> None:
    text = MODEL.replace("MODULES", MODULES)
    project = read(tmp_path, text[: text.index("      set:")])
    messages = [p.message for p in project.plans.problems if p.code == "ARC-F026"]
    assert messages == [
        "the stack 'made' does not state where the code of its functions is, so the apply fails",
        "the stack 'made' does not state the steps of its workflows, so the apply fails",
    ]


# -- the roots -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the roots of the example."""
    root = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLE / "templates", root / "templates")
    project = read(root, (EXAMPLE / "architecture.yaml").read_text(encoding="utf-8"))
    for artifact in emitted(project, terraform_files):
        (root / artifact.path).parent.mkdir(parents=True, exist_ok=True)
        (root / artifact.path).write_bytes(artifact.content)
    return root / "infra/aws"


def test_an_output_of_all_modules_is_a_map_by_component(roots: Path) -> None:
    main = (roots / "events/main.tf").read_text()
    queues = next(line for line in main.splitlines() if line.strip().startswith("queues_deliveries "))
    assert '"packing" = var.stack_data.sqs_packing_queue_arn' in queues
    assert queues.count("=") == 4  # the local, and three queues
    needs = (roots / "events/needs.tf").read_text()
    assert "sqs_packing_queue_arn" in needs
    assert "lambda_pack_lambda_function_arn" in needs


def test_the_roots_of_the_example_have_the_format_of_terraform(roots: Path) -> None:
    checked = terraform("fmt", "-check", "-diff", "-recursive", ".", cwd=roots)
    assert checked.returncode == 0, checked.stdout
