"""Queues and topics of Pub/Sub: topics, subscriptions, dead letters, and what no subscription delivers."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archgen.artifacts import terraform_files
from archgen.project import Project
from conftest import emitted, missing, project_of
from terraforming import stack_fixtures, terraform
from tools.check_google_roots import check

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1}}
environments: {prod: {name: Prod, gcp: {project: shop-prod}}}
defaults:
  kinds:
    queue: {product: pub-sub}
    topic: {product: pub-sub}
components:
  keys: {kind: key-management, title: Keys, product: cloud-kms, rotation_days: 90, protects: [work]}
  news:
    kind: topic
    title: News
    ordered: true
    retention_days: 3
    max_attempts: 7
    dead_letters: failed
    calls: {mails: {kind: event}, work: {kind: event}, api: {kind: event}, failed: {}}
  work:
    kind: queue
    title: Work
    retention_days: 0.5
    visibility_timeout_seconds: 60
    delivery: exactly-once
    dead_letters: failed
    max_receives: 5
  mails: {kind: queue, title: Mails}
  uncounted: {kind: queue, title: Uncounted, dead_letters: failed}
  failed: {kind: queue, title: Failed, retention_days: 14}
  api: {kind: container-service, title: API, product: cloud-run, calls: {work: {data: sent}, uncounted: {data: received}}}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made: {purpose: All., modules: [kms, pubsub]}
"""
PUSHED = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1}}
environments: {prod: {name: Prod, gcp: {project: shop-prod}}}
defaults:
  kinds:
    queue: {product: pub-sub}
    function: {product: cloud-run-functions, runtime: python313}
components:
  news:
    kind: topic
    title: News
    product: pub-sub
    max_attempts: 7
    dead_letters: failed
    calls: {page: {kind: event}, mails: {kind: event}}
  page: {kind: container-service, title: Page, product: cloud-run, image: page}
  mails: {kind: queue, title: Mails, calls: {mailer: {kind: event}}}
  mailer: {kind: function, title: Mailer, timeout_seconds: 900}
  work: {kind: queue, title: Work, retention_days: 4, dead_letters: failed, max_receives: 5}
  worker: {kind: function, title: Worker, calls: {work: {data: received}, exact: {data: received}}}
  exact: {kind: queue, title: Exact, delivery: exactly-once}
  nightly:
    kind: schedule
    title: Nightly
    product: cloud-scheduler
    expression: 30 2 * * *
    time_zone: Europe/Dublin
    max_attempts: 3
    calls: {mailer: {kind: event}, news: {kind: event}, elsewhere: {kind: event}}
  elsewhere: {kind: external-system, title: Elsewhere}
  failed: {kind: queue, title: Failed}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made:
      purpose: All.
      modules: [pubsub, service-accounts, cloud-run, cloud-functions, deliveries, schedules]
      set:
        cloud-run: {containers: {expression: "[run_container(component_name, 'v1')]"}}
        cloud-functions: {storage_source: {value: {bucket: code, object: code.zip}}}
"""


project, root, made = stack_fixtures(MODEL, "infra/gcp/made")


def test_a_queue_is_a_topic_with_a_subscription_that_never_expires(made: dict[str, Any]) -> None:
    queue = made["pubsub_work"]
    assert (queue["topic"], queue["project_id"]) == ("shop-prod-work", "shop-prod")
    assert queue["pull_subscriptions"] == [
        {
            "name": "shop-prod-work",
            "ack_deadline_seconds": 60,
            "dead_letter_topic": "failed",
            "enable_exactly_once_delivery": True,
            "expiration_policy": "",
            "max_delivery_attempts": 5,
            "message_retention_duration": "43200s",
        }
    ]
    assert made["pubsub_failed"]["pull_subscriptions"] == [
        {"name": "shop-prod-failed", "expiration_policy": "", "message_retention_duration": "1209600s"}
    ]


def test_a_queue_that_only_a_topic_feeds_is_a_subscription_of_it(made: dict[str, Any]) -> None:
    assert "pubsub_mails" not in made
    topic = made["pubsub_news"]
    assert topic["topic_message_retention_duration"] == "259200s"
    (subscription,) = topic["pull_subscriptions"]
    assert subscription["name"] == "shop-prod-mails"
    assert (subscription["dead_letter_topic"], subscription["max_delivery_attempts"]) == ("failed", 7)
    assert subscription["enable_message_ordering"]


def test_dead_letters_go_to_the_topic_that_another_module_makes(root: Path) -> None:
    main = (root / "main.tf").read_text()
    line = next(
        line
        for line in main.splitlines()
        if "pull_subscriptions" in line and "var.pubsub_work.pull_subscriptions" in line
    )
    assert '"failed" = module.pubsub_failed.topic' in line
    assert '"projects/${var.pubsub_work.project_id}/topics/${' in line


def test_a_topic_has_the_key_that_protects_its_component(made: dict[str, Any], root: Path) -> None:
    assert made["kms_keys"]["keys"] == {"work": "gcp-sa-pubsub"}
    assert made["pubsub_work"]["encryption_key"] == "work"
    assert made["pubsub_failed"]["encryption_key"] is None
    assert "topic_kms_key_name" in (root / "main.tf").read_text()


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a stack that pushes, with its values."""
    folder, project = tmp_path_factory.mktemp("pushed"), project_of(tmp_path_factory.mktemp("pushing"), PUSHED)
    for artifact in emitted(project, terraform_files):
        if artifact.path.startswith("infra/gcp/made/"):
            (folder / Path(artifact.path).name).write_bytes(artifact.content)
    return folder


def test_messages_are_pushed_to_functions_and_services(pushed: Path) -> None:
    values = json.loads((pushed / "prod.tfvars.json").read_text())
    assert values["deliveries"]["subscriptions"] == {
        "mails": {
            "ack_deadline_seconds": 600,  # the function may take longer, but Pub/Sub waits no longer
            "dead_letter_topic": "failed",
            "max_delivery_attempts": 7,
            "name": "shop-prod-mails",
            "target": "mailer",
            "topic": "news",
        },
        "news--page": {
            "ack_deadline_seconds": 300,
            "dead_letter_topic": "failed",
            "max_delivery_attempts": 7,
            "name": "shop-prod-news-page",
            "target": "page",
            "topic": "news",
        },
        "work": {
            "ack_deadline_seconds": 60,
            "dead_letter_topic": "failed",
            "max_delivery_attempts": 5,
            "message_retention_duration": "345600s",
            "name": "shop-prod-work",
            "target": "worker",
            "topic": "work",
        },
    }
    pulled = {
        name: [s["name"] for s in made["pull_subscriptions"]] for name, made in values.items() if "pubsub" in name
    }
    assert pulled == {
        "pubsub_exact": ["shop-prod-exact"],
        "pubsub_failed": ["shop-prod-failed"],
        "pubsub_news": [],
        "pubsub_work": [],
    }


def test_the_root_that_pushes_fits_its_modules_and_has_the_format_of_terraform(pushed: Path) -> None:
    checkouts = os.environ.get("ARCHGEN_MODULES")
    checked = terraform("fmt", "-check", "-diff", ".", cwd=pushed)
    assert checked.returncode == 0, checked.stdout
    (result,) = check(pushed, Path(checkouts) if checkouts else None)
    assert result.errors == ""
    main = (pushed / "main.tf").read_text()
    assert 'endpoints_deliveries = merge({ "page" = module.cloud_run_page.service_uri }' in main
    assert '"worker" = module.cloud_function_worker.function_uri' in main


def test_a_schedule_starts_functions_with_its_identity_and_publishes_to_topics(pushed: Path) -> None:
    values = json.loads((pushed / "prod.tfvars.json").read_text())
    nightly = values["schedules_nightly"]
    assert (nightly["cron"], nightly["time_zone"], nightly["retries"]) == ("30 2 * * *", "Europe/Dublin", 2)
    assert nightly["jobs"] == {
        "mailer": {"deadline": "900s", "form": "request", "name": "shop-prod-nightly-mailer"},
        "news": {"deadline": None, "form": "topic", "name": "shop-prod-nightly-news"},
    }
    assert values["service_account_nightly"]["roles"] == [
        "roles/pubsub.publisher",
        "roles/pubsub.subscriber",
        "roles/run.invoker",
    ]
    assert "service_account_email = local.service_account_nightly_email" in (pushed / "main.tf").read_text()


def test_what_a_schedule_does_not_start_is_reported(tmp_path: Path) -> None:
    problems = [p for p in project_of(tmp_path, PUSHED).plans.problems if "elsewhere" in p.path]
    assert [(p.code, p.severity) for p in problems] == [("ARC-F025", "info")]
    assert "no stack makes 'elsewhere' as one" in problems[0].message


def test_an_expression_of_another_cloud_is_refused(pushed: Path, tmp_path: Path) -> None:
    shutil.copytree(pushed, tmp_path / "made")
    wrong = json.loads((pushed / "prod.tfvars.json").read_text())
    wrong["schedules_nightly"]["cron"] = "rate(1 day)"
    (tmp_path / "made/prod.tfvars.json").write_text(json.dumps(wrong))
    (result,) = check(tmp_path / "made", None)
    assert "The expression must have the five fields of cron" in result.errors


def test_readers_that_get_nothing_are_reported(tmp_path: Path) -> None:
    problems = [p for p in project_of(tmp_path, PUSHED).plans.problems if p.code == "ARC-F025"]
    assert [p.message for p in problems if "elsewhere" not in p.path] == [
        "no stack makes what 'exact' delivers to 'worker': Pub/Sub delivers exactly once only to subscribers that pull"
    ]
    without = project_of(tmp_path, PUSHED.replace(", deliveries, schedules]", "]")).plans.problems
    found = {".".join(map(str, p.path)) for p in without if p.code == "ARC-F025"}
    assert found == {
        "components.mails.calls.mailer",
        "components.news.calls.page",
        "components.worker.calls.exact",
        "components.worker.calls.work",
    }


def test_what_no_subscription_delivers_is_reported(project: Project) -> None:
    found = {".".join(map(str, p.path)): p.message for p in project.plans.problems if p.code == "ARC-F025"}
    assert set(found) == {
        "components.news.calls.work",
        "components.news.calls.api",
        "components.uncounted.dead_letters",
    }
    assert found["components.news.calls.work"].endswith(
        "'work' has other senders, too, and a subscription reads a single topic"
    )
    assert "after how many receives" in found["components.uncounted.dead_letters"]


def test_the_root_fits_the_module(root: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    checkouts = os.environ.get("ARCHGEN_MODULES")
    (result,) = check(root, Path(checkouts) if checkouts else None)
    assert result.errors == ""
    assert result.modules == 4


def test_too_few_attempts_are_refused(root: Path, tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    shutil.copytree(root, tmp_path / "made")
    wrong = json.loads((root / "prod.tfvars.json").read_text())
    wrong["pubsub_work"]["pull_subscriptions"][0]["max_delivery_attempts"] = 3
    (tmp_path / "made/prod.tfvars.json").write_text(json.dumps(wrong))
    (result,) = check(tmp_path / "made", None)
    assert "5 to 100 times" in result.errors
