"""The runbook for a data warehouse that is overloaded, run with programs that answer from texts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from test_further_kinds import model
from test_google_steps import run
from test_unanswered_questions import fake, shown, step_of

from archgen.runbooks.steps import FilledStep

ASKED = {"DATABASE": "dev", "ADMIN_SECRET": "arn:secret", "PID": "17"}


def step(id_: str, cloud: str = "aws") -> FilledStep:
    """A step of the runbook in production."""
    return step_of(model().resolved.standing(cloud, "prod"), "warehouse-overload", id_)


def shortened(command: str | None) -> str:
    """A command that waits, with fewer rounds."""
    short, number = re.subn(r"\$\(seq 2\d\)", "$(seq 2)", command or "")
    assert number
    return short


def data_api(result: str, state: str = "FINISHED") -> str:
    """The body of a program that answers as the Data API does, with a result from a file."""
    return f"""case "$*" in *batch-execute*) echo s1;; *"[Status,Error]"*) echo "{state} None";;
      *get-statement-result*) {result};; esac"""


def row(*values: int | str) -> list[dict[str, int | str]]:
    """A row of a result of the Data API."""
    return [{"stringValue": value} if isinstance(value, str) else {"longValue": value} for value in values]


OPEN = {
    "Records": [row(17, "running", 100, 5400, 0, "select\n  *\tfrom sales"), row(18, "queued", 101, 60, 60, "select 1")]
}


def test_a_load_that_is_not_known_is_not_a_low_one(tmp_path: Path) -> None:
    load = step("load")
    answers = {"CPUUtilization": "97.5", "PercentageDiskSpaceUsed": "62", "DatabaseConnections": "140"}
    answer = run(tmp_path, load.run or "", {"aws": fake(answers)})
    assert "LOAD-IS 97 % OF THE PROCESSORS, 62 % OF THE DISKS, 140 CONNECTIONS" in answer
    for metric in answers:
        answer = run(tmp_path, load.run or "", {"aws": fake(answers, metric)})
        assert "NO ANSWER" in answer
        assert not shown(load, answer)
        answer = run(tmp_path, load.run or "", {"aws": fake({**answers, metric: "None"})})
        assert "NO METRICS" in answer
        assert not shown(load, answer)


def test_queries_are_listed_in_the_queue_for_superusers(tmp_path: Path) -> None:
    (tmp_path / "result").write_text(json.dumps(OPEN))
    queries = step("queries")
    answer = run(tmp_path, f'{queries.run}\necho "AT-FIRST $WAITING"', {"aws": data_api("cat result")}, **ASKED)
    assert shown(queries, answer), answer
    assert "QUERIES 2, OF WHICH 1 WAIT" in answer
    assert "SESSION 17 running, user 100, 5400 seconds old, waited 0: select * from sales" in answer
    assert "AT-FIRST 1\n" in answer
    calls = (tmp_path / "calls").read_text()
    assert "--cluster-identifier ops-prod-sales --database dev --secret-arn arn:secret" in calls
    assert "--sqls set query_group to 'superuser' select session_id" in calls
    assert "get-statement-result --region eu-west-1 --id s1:2" in calls


@pytest.mark.parametrize("id_", ["queries", "cancel", "verify"])
def test_a_query_that_fails_is_not_an_empty_answer(id_: str, tmp_path: Path) -> None:
    one = step(id_)
    for body in (data_api("exit 254"), data_api("cat result", "FAILED"), "exit 254"):
        answer = run(tmp_path, one.run or "", {"aws": body}, **ASKED, WAITING="3")
        assert not shown(one, answer), answer


@pytest.mark.parametrize(
    ("pid", "left", "seen"),
    [
        ("17", 0, "SESSION-RUNS-NOTHING 17"),
        ("17", 1, "SESSION 17 STILL RUNS A QUERY"),
        ("17; drop table sales", 0, "NOT A NUMBER"),
    ],
)
def test_only_a_session_without_a_query_is_canceled(pid: str, left: int, seen: str, tmp_path: Path) -> None:
    (tmp_path / "result").write_text(json.dumps({"Records": [row(left)]}))
    cancel = step("cancel")
    answer = run(tmp_path, shortened(cancel.run), {"aws": data_api("cat result")}, **{**ASKED, "PID": pid})
    assert seen in answer
    assert shown(cancel, answer) is seen.startswith("SESSION-RUNS")
    calls = (tmp_path / "calls").read_text() if (tmp_path / "calls").exists() else ""
    assert ("select pg_cancel_backend(17)" in calls) is (pid == "17")


@pytest.mark.parametrize(("now", "good"), [(0, True), (2, True), (3, False), (9, False)])
def test_a_queue_that_does_not_shrink_is_not_better(now: int, good: bool, tmp_path: Path) -> None:
    (tmp_path / "result").write_text(json.dumps({"Records": [row(now)]}))
    verify = step("verify")
    answer = run(tmp_path, shortened(verify.run), {"aws": data_api("cat result")}, **ASKED, WAITING="3")
    assert shown(verify, answer) is good


def test_a_second_resize_keeps_the_number_of_nodes_of_before(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("2\n")
    aws = """case "$*" in *ClusterStatus,NumberOfNodes*) echo available $(cat state);;
      *resize-cluster*) for word; do case "$last" in --number-of-nodes) echo "$word" > state;; esac; last=$word; done;; esac"""
    resize = step("resize")
    script = f"{resize.run}\nNODES=8\n{resize.run}\n{resize.run}\n{resize.undo_run}"
    answer = run(tmp_path, script, {"aws": aws}, NODES="4")
    assert shown(resize, answer), answer
    assert (tmp_path / "state").read_text() == "2\n"
    assert (tmp_path / "calls").read_text().count("resize-cluster") == 3  # the third run found the eight nodes


def job(id_: str, state: str) -> dict[str, object]:
    """A job as BigQuery lists it."""
    return {
        "jobReference": {"jobId": id_, "location": "EU"},
        "state": state,
        "statistics": {"creationTime": "1700000000000", "totalSlotMs": "7200000"},
        "configuration": {"jobType": "QUERY"},
        "user_email": "reports@ops.example",
    }


PAGES = """case "$*" in *pageToken=two*) cat second;; *) cat first;; esac"""


def write_pages(folder: Path, waiting: int) -> None:
    """Write two pages of jobs, with the waiting ones on the second page."""
    (folder / "first").write_text(json.dumps({"jobs": [job("a", "RUNNING")], "nextPageToken": "two"}))
    (folder / "second").write_text(json.dumps({"jobs": [job(f"w{n}", "PENDING") for n in range(waiting)]}))


def test_jobs_of_all_pages_are_counted(tmp_path: Path) -> None:
    write_pages(tmp_path, 2)
    queries = step("queries", "gcp")
    programs = {"curl": PAGES, "gcloud": "echo token"}
    answer = run(tmp_path, f'{queries.run}\necho "AT-FIRST $WAITING"', programs)
    assert shown(queries, answer), answer
    assert "JOBS 3, OF WHICH 2 WAIT" in answer
    assert "JOB a IN EU RUNNING, QUERY of reports@ops.example" in answer
    assert "2 SLOT HOURS" in answer
    assert "AT-FIRST 2\n" in answer
    answer = run(tmp_path, queries.run or "", {**programs, "curl": f'case "$*" in *=two*) exit 22;; esac\n{PAGES}'})
    assert "NO ANSWER" in answer
    assert not shown(queries, answer)


@pytest.mark.parametrize(("now", "good"), [(0, True), (2, True), (3, False)])
def test_waiting_jobs_of_all_pages_are_compared(now: int, good: bool, tmp_path: Path) -> None:
    write_pages(tmp_path, now)
    verify = step("verify", "gcp")
    answer = run(tmp_path, shortened(verify.run), {"curl": PAGES, "gcloud": "echo token"}, WAITING="3")
    assert shown(verify, answer) is good, answer
    answer = run(tmp_path, verify.run or "", {"curl": "exit 22", "gcloud": "echo token"}, WAITING="3")
    assert "NO ANSWER" in answer
    assert not shown(verify, answer)


@pytest.mark.parametrize(("state", "good"), [("DONE", True), ("RUNNING", False)])
def test_a_job_is_canceled_when_it_has_ended(state: str, good: bool, tmp_path: Path) -> None:
    (tmp_path / "job").write_text(json.dumps({"status": {"state": state, "errorResult": {"reason": "stopped"}}}))
    cancel = step("cancel", "gcp")
    programs = {"curl": "cat job", "gcloud": "echo token"}
    answer = run(tmp_path, shortened(cancel.run), programs, JOB="a", JOB_LOCATION="EU")
    assert shown(cancel, answer) is good
    assert "/jobs/a/cancel?location=EU" in (tmp_path / "calls").read_text()
    assert not shown(
        cancel, run(tmp_path, cancel.run or "", {**programs, "curl": "exit 22"}, JOB="a", JOB_LOCATION="EU")
    )


RESERVED = """case "$*" in *PATCH*) for word; do case "$word" in {*) printf '%s' "$word" | jq '. + {name: "r"}' > state;; esac; done;; esac
cat state"""


@pytest.mark.slow
@pytest.mark.parametrize(("before", "back"), [({"autoscale": {"maxSlots": "100"}}, "100"), ({}, None)])
def test_a_second_change_of_a_reservation_keeps_the_slots_of_before(
    before: dict[str, object], back: str | None, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text(json.dumps({"name": "projects/p/locations/EU/reservations/r", **before}))
    more = step("more-slots", "gcp")
    script = f"{more.run}\n{more.run}\n{more.undo_run}"
    programs = {"curl": RESERVED, "gcloud": "echo token"}
    answer = run(tmp_path, script, programs, RESERVATION="projects/p/locations/EU/reservations/r", SLOTS="400")
    assert shown(more, answer), answer
    assert "ADDED-AT-MOST-NOW 400" in answer
    assert json.loads((tmp_path / "state").read_text()).get("autoscale", {}).get("maxSlots") == back
    last = [line for line in (tmp_path / "calls").read_text().splitlines() if "PATCH" in line][-1]
    assert last.endswith("?updateMask=autoscale.max_slots" if back else "?updateMask=autoscale")


def test_a_reservation_with_a_fixed_maximum_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "state").write_text(json.dumps({"name": "r", "scalingMode": "ALL_SLOTS", "maxSlots": "500"}))
    more = step("more-slots", "gcp")
    programs = {"curl": RESERVED, "gcloud": "echo token"}
    answer = run(tmp_path, more.run or "", programs, RESERVATION="r", SLOTS="400")
    assert "ADDED-AT-MOST-BEFORE FIXED" in answer
    assert not shown(more, answer)
    assert "PATCH" not in (tmp_path / "calls").read_text()
