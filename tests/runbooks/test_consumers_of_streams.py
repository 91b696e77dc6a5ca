"""The runbook for consumers of a stream that fall behind, run with programs that answer from texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_further_kinds import model
from test_google_steps import run
from test_unanswered_questions import shown, step_of

from archgen.runbooks.steps import FilledStep


def step(id_: str, cloud: str = "aws") -> FilledStep:
    """A step of the runbook in production."""
    return step_of(model().resolved.standing(cloud, "prod"), "stream-lag", id_)


def test_a_stream_that_no_consumer_reads_is_not_taken_for_one_without_a_backlog(tmp_path: Path) -> None:
    aws = 'case "$*" in *IteratorAge*) echo None;; *) echo 7;; esac'
    answer = run(tmp_path, step("age").run or "", {"aws": aws})
    assert "NOT READ: no consumer asked for records in 30 minutes, 7 were written" in answer
    assert not shown(step("age"), answer)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ages", "seen"),
    [
        ("[5400000.0, 4800000.0, 3600000.0]", "CATCHES-UP: from 90 to 60 minutes behind, done in about 20 minutes"),
        ("[5400000.0, 0.0]", "CATCHES-UP: less than a minute behind"),
        ("[3600000.0, 5400000.0]", "STILL 90 MINUTES BEHIND"),
        ("[5400000.0]", "STILL 90 MINUTES BEHIND"),
        ("[]", "NOT READ: not verified"),
    ],
)
def test_only_an_age_that_falls_is_catching_up(ages: str, seen: str, tmp_path: Path) -> None:
    answer = run(tmp_path, step("verify").run or "", {"aws": f"echo '{ages}'"})
    assert seen in answer
    assert shown(step("verify"), answer) is seen.startswith("CATCHES-UP")


def test_a_longer_retention_of_before_stays(tmp_path: Path) -> None:
    answer = run(tmp_path, step("keep-longer").run or "", {"aws": "echo 720"}, HOURS="168")
    assert "NOW-KEPT-FOR 720 HOURS" in answer
    assert "increase-stream" not in (tmp_path / "calls").read_text()


def test_two_changes_of_the_retention_keep_the_hours_of_before(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("24\n")
    aws = 'case "$*" in *describe-stream*) cat state;; *increase-stream*) echo "$HOURS" > state;; esac'
    command = step("keep-longer").run
    script = f"export HOURS=72\n{command}\nHOURS=168\n{command}\n" + 'echo "WAY-BACK $HOURS_BEFORE"'
    assert "WAY-BACK 24\n" in run(tmp_path, script, {"aws": aws})


def test_metrics_of_shards_that_were_on_are_not_turned_off(tmp_path: Path) -> None:
    on = {"StreamDescriptionSummary": {"EnhancedMonitoring": [{"ShardLevelMetrics": ["IncomingBytes"]}]}}
    (tmp_path / "on.json").write_text(json.dumps(on))
    aws = 'case "$*" in *--output\\ json*) cat on.json;; *describe*) echo IncomingBytes;; *) echo ok;; esac'
    metrics = step("shard-metrics")
    answer = run(tmp_path, f"{metrics.run}\n{metrics.undo_run}", {"aws": aws.replace("\\\\", "\\")})
    assert shown(metrics, answer)
    calls = (tmp_path / "calls").read_text().splitlines()
    (enabled,) = (call for call in calls if "enable-enhanced-monitoring" in call)
    (disabled,) = (call for call in calls if "disable-enhanced-monitoring" in call)
    for call in (enabled, disabled):
        assert '"ShardLevelMetrics":["IteratorAgeMilliseconds"]' in call


def test_a_hot_shard_stands_out(tmp_path: Path) -> None:
    shards = {"Shards": [{"ShardId": f"shardId-00{n}"} for n in range(3)]}
    values = [
        {"Id": f"{letter}{n}", "Label": f"shardId-00{n}", "Values": [value]}
        for n, value in enumerate((800.0, 100.0, 100.0))
        for letter in "ba"
    ]
    (tmp_path / "list").write_text(json.dumps(shards))
    (tmp_path / "values").write_text(json.dumps({"MetricDataResults": values}))
    answer = run(
        tmp_path, step("shards").run or "", {"aws": 'case "$*" in *list-shards*) cat list;; *) cat values;; esac'}
    )
    assert "SHARD shardId-000 80 % OF THE BYTES" in answer
    assert "SHARD shardId-001 10 % OF THE BYTES" in answer
    queries = json.loads((tmp_path / "shard-queries.json").read_text())
    assert [query["Id"] for query in queries] == ["b0", "a0", "b1", "a1", "b2", "a2"]
    nothing = json.dumps({"MetricDataResults": [{"Id": "b0", "Label": "shardId-000", "Values": []}]})
    (tmp_path / "values").write_text(nothing)
    answer = run(
        tmp_path, step("shards").run or "", {"aws": 'case "$*" in *list-shards*) cat list;; *) cat values;; esac'}
    )
    assert "NO METRICS" in answer


def test_connections_are_not_counted_if_a_question_failed(tmp_path: Path) -> None:
    fine = """case "$*" in *stream-summary*) echo arn:aws:kinesis:eu-west-1:222222222222:stream/ops-prod-clicks;;
      *list-stream-consumers*) echo '{"Consumers": []}';;
      *list-event-source*) cat connections;;
      *get-metric*) echo '{"Datapoints": [{"Maximum": 5400000}]}';; esac"""
    connected = {
        "UUID": "u",
        "FunctionArn": "arn:aws:lambda:r:1:function:work",
        "State": "Enabled",
        "LastProcessingResult": "OK",
    }
    (tmp_path / "connections").write_text(json.dumps({"EventSourceMappings": [connected]}))
    answer = run(tmp_path, step("consumers").run or "", {"aws": fine})
    assert shown(step("consumers"), answer), answer
    assert "CONNECTED u to work, Enabled, 1 AT ONCE, LAST RESULT OK, 90 MINUTES BEHIND" in answer
    for failing in ("list-event-source", "list-stream-consumers"):
        answer = run(
            tmp_path, step("consumers").run or "", {"aws": f'case "$*" in *{failing}*) exit 254;; esac\n{fine}'}
        )
        assert not shown(step("consumers"), answer), answer
        assert "NO ANSWER" in answer


def test_a_stream_whose_capacity_follows_the_load_gets_no_shards_by_hand(tmp_path: Path) -> None:
    from test_further_kinds import MODEL

    from archgen.pipeline import load

    text = MODEL.read_text(encoding="utf-8").replace("capacity: provisioned, partitions: 2", "capacity: on-demand")
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    with pytest.raises(ValueError, match="not enough values"):
        step_of(loaded.project.resolved.standing("aws", "prod"), "stream-lag", "more-shards")


GOOGLE = """case "$*" in *oldest_unacked*) cat ages;; *num_undelivered*) cat numbers;; esac"""


def series(*points: int) -> str:
    """An answer of Cloud Monitoring about one subscription, the newest value first."""
    values = [{"value": {"int64Value": str(value)}} for value in points]
    return json.dumps({"timeSeries": [{"resource": {"labels": {"subscription_id": "reports"}}, "points": values}]})


def test_a_subscription_says_when_its_messages_are_lost(tmp_path: Path) -> None:
    age = step("age", "gcp")
    known = [{"name": "projects/p/subscriptions/reports", "messageRetentionDuration": "86400s"}]
    (tmp_path / "subscriptions.json").write_text(json.dumps(known))
    (tmp_path / "ages").write_text(series(5400, 3600))
    (tmp_path / "numbers").write_text(series(12))
    programs = {"curl": GOOGLE, "gcloud": "echo token"}
    answer = run(tmp_path, age.run or "", programs)
    assert "BEHIND reports BY 90 MINUTES, LOST IN 1350 MINUTES; 12 MESSAGES WAIT" in answer
    (tmp_path / "ages").write_text("{}")
    assert "NO METRICS reports" in run(tmp_path, age.run or "", programs)
    for failing in ("oldest_unacked", "num_undelivered"):
        body = f'case "$*" in *{failing}*) exit 22;; esac\n{GOOGLE}'
        answer = run(tmp_path, age.run or "", {**programs, "curl": body})
        assert "NO ANSWER" in answer
        assert not shown(age, answer)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (series(3600, 5400), "CATCHES-UP: from 90 to 60"),
        (series(0, 5400), "CATCHES-UP: less"),
        (series(5400, 3600), "STILL 90"),
        ("{}", "NO METRICS"),
    ],
)
def test_only_an_oldest_message_that_becomes_younger_is_catching_up(answer: str, seen: str, tmp_path: Path) -> None:
    verify = step("verify", "gcp")
    (tmp_path / "ages").write_text(answer)
    shown_text = run(tmp_path, verify.run or "", {"curl": GOOGLE, "gcloud": "echo token"}, SUBSCRIPTION="reports")
    assert seen in shown_text
    assert shown(verify, shown_text) is seen.startswith("CATCHES-UP")
