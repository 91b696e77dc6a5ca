"""Steps that count say so if one of their questions fails, and steps that change something keep the way back when they are repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_further_kinds import model
from test_google_steps import run

from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.project import Project
from archgen.runbooks.procedures import read, steps
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates

TEMPLATES = Templates()


def step_of(a: Architecture, runbook: str, id_: str) -> FilledStep:
    """A step of a runbook."""
    (found,) = (step for step in steps(TEMPLATES, read(TEMPLATES, runbook), a).steps if step.id == id_)
    return found


def shown(step: FilledStep, answer: str) -> bool:
    """Whether an answer has all that a step says to expect."""
    return bool(step.expect) and all(expected.shows in answer for expected in step.expect)


COUNTED = (  # the runbook, the step that counts, the answers to its questions that make it succeed, by metric
    ("function-errors", "count", {"Invocations": "900", "Errors": "30", "Throttles": "0"}),
    ("function-errors", "verify", {"Invocations": "900", "Errors": "0", "Throttles": "0"}),
    (
        "queue-backlog",
        "age",
        {"ApproximateAgeOfOldestMessage": "5400", "NumberOfMessagesSent": "9", "NumberOfMessagesDeleted": "1"},
    ),
    (
        "stream-lag",
        "age",
        {
            "GetRecords.IteratorAgeMilliseconds": "5400000",
            "IncomingRecords": "9",
            "ReadProvisionedThroughputExceeded": "0",
            "WriteProvisionedThroughputExceeded": "3",
        },
    ),
    ("stream-lag", "verify", {"GetRecords.IteratorAgeMilliseconds": "'[5400000.0, 3600000.0]'"}),
)
OF_REFERENCE = (
    ("egress-exhaustion", "well", {"ActiveConnectionCount": "12", "ErrorPortAllocation": "0"}),
    ("error-budget", "measured-error-rate", {"RequestCount": "5000", "HTTPCode_Target_5XX_Count": "1"}),
)


def fake(answers: dict[str, str], failing: str = "") -> str:
    """The body of a program that answers questions about metrics, and fails for one of them."""
    cases = "".join(
        f"*'--metric-name {metric} '*) {'exit 254' if metric == failing else f'echo {value}'};;\n"
        for metric, value in answers.items()
    )
    return (
        f'case "$*" in {cases}*get-resources*) echo arn:aws:x:loadbalancer/app/a/b;; *describe-stream*) echo 24;; esac'
    )


def check(step: FilledStep, answers: dict[str, str], folder: Path) -> None:
    """A step succeeds with these answers, and not if one of the questions fails."""
    (folder / "queue-before.json").write_text('{"Attributes": {"MessageRetentionPeriod": "345600"}}')
    values = {ask.name: ask.example for ask in step.asks} | {"NAT": "nat-1"}
    assert shown(step, run(folder, step.run or "", {"aws": fake(answers)}, **values))
    for metric in answers:
        answer = run(folder, step.run or "", {"aws": fake(answers, metric)}, **values)
        assert not shown(step, answer), (metric, answer)
        assert "NO ANSWER" in answer
        assert any("NO ANSWER" in other.see for other in step.otherwise)


@pytest.mark.parametrize(("runbook", "id_", "answers"), COUNTED)
def test_a_question_that_fails_is_not_taken_for_zero(
    runbook: str, id_: str, answers: dict[str, str], tmp_path: Path
) -> None:
    check(step_of(model().resolved.standing("aws", "prod"), runbook, id_), answers, tmp_path)


@pytest.mark.parametrize(("runbook", "id_", "answers"), OF_REFERENCE)
def test_a_question_that_fails_is_not_taken_for_zero_in_the_reference(
    reference: Project, runbook: str, id_: str, answers: dict[str, str], tmp_path: Path
) -> None:
    check(step_of(reference.resolved.architectures[Coordinate("aws", "prod", "mvp")], runbook, id_), answers, tmp_path)


# The runbook, the step, what is so before, the fake program, what the person sets, and the variable with the way back.
REPEATED = (
    (
        "function-errors", "roll-back", "7", {"ALIAS": "live", "VERSION": "6"}, "BEFORE",
        'case "$*" in *get-alias*) cat state;; *update-alias*) echo 6 > state; echo live 6;; esac',
    ),
    (
        "function-errors", "raise", "50", {"COPIES": "100"}, "RESERVED",
        'case "$*" in *get-function-concurrency*) cat state;; *put-function*) echo 100 > state; echo 100;; esac',
    ),
    (
        "queue-backlog", "keep-longer", "345600", {"QUEUE": "https://sqs/q"}, "KEPT",
        'case "$*" in *get-queue-attributes*) cat state;; *set-queue*) echo 1209600 > state;; esac',
    ),
    (
        "container-service-roll-back", "roll-back", "arn:aws:ecs:x:task-definition/ops-prod-shop:9",
        {"CLUSTER": "c", "RELEASE": "ops-prod-shop:8"}, "NEWEST",
        'case "$*" in *describe-services*) cat state;; *update-service*) echo ops-prod-shop:8 > state; echo ops-prod-shop x;; esac',
    ),
    (
        "stream-lag", "keep-longer", "24", {"HOURS": "168"}, "HOURS_BEFORE",
        'case "$*" in *describe-stream*) cat state;; *increase-stream*) echo 168 > state;; esac',
    ),
    (
        "stream-lag", "functions", "1", {"CONNECTION": "c", "AT_ONCE": "10"}, "AT_ONCE_BEFORE",
        'case "$*" in *get-event-source*) cat state;; *update-event-source*) echo 10 > state; echo Updating 10;; esac',
    ),
    (
        "stream-lag", "more-shards", "2", {"SHARDS": "4"}, "SHARDS_BEFORE",
        'case "$*" in *StreamStatus*) echo ACTIVE $(cat state);; *describe-stream*) cat state;; *update-shard*) echo 4 > state;; esac',
    ),
)  # fmt: skip


@pytest.mark.parametrize(("runbook", "id_", "before", "asked", "variable", "body"), REPEATED)
def test_a_repeated_step_keeps_the_way_back(
    runbook: str, id_: str, before: str, asked: dict[str, str], variable: str, body: str, tmp_path: Path
) -> None:
    step = step_of(model().resolved.standing("aws", "prod"), runbook, id_)
    (tmp_path / "state").write_text(f"{before}\n")
    script = f'{step.run}\n{step.run}\necho "WAY-BACK ${variable}"'
    answer = run(tmp_path, script, {"aws": body}, **asked)
    assert shown(step, answer), answer
    assert f"WAY-BACK {before.rpartition('/')[2]}\n" in answer
    assert f"${{{variable}:?" in (step.undo_run or "")
