"""Steps for file systems that are full or slow, run by a shell with programs that answer from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_further_kinds import model
from test_google_steps import run
from test_unanswered_questions import fake, shown, step_of

from archgen.runbooks.steps import FilledStep

MIB = 1048576
GIB = 1024 * MIB
USED = {"MeteredIOBytes": str(60 * 40 * MIB), "PermittedThroughput": str(100 * MIB), "PercentIOLimit": "12"}
LOAD = {"DataReadIOBytes": "9", "DataWriteIOBytes": "9", "MetadataIOBytes": "9", "ClientConnections": "3"}


def step(cloud: str, id_: str) -> FilledStep:
    """A step for the file system in production."""
    return step_of(model().resolved.standing(cloud, "prod"), "file-system-full", id_)


def answer_of(folder: Path, id_: str, answers: dict[str, str], failing: str = "") -> str:
    """The answer of a step for EFS that asks for metrics."""
    return run(folder, step("aws", id_).run or "", {"aws": fake(answers, failing)}, FS="fs-1", FROM="a", UNTIL="b")


@pytest.mark.parametrize(
    ("id_", "answers"), [("use", {**USED, "BurstCreditBalance": "5000000000"}), ("load", LOAD), ("verify", USED)]
)
def test_a_question_that_fails_is_not_taken_for_zero(id_: str, answers: dict[str, str], tmp_path: Path) -> None:
    assert shown(step("aws", id_), answer_of(tmp_path, id_, answers))
    for metric in answers:
        answer = answer_of(tmp_path, id_, answers, metric)
        assert "NO ANSWER" in answer
        assert not shown(step("aws", id_), answer)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "HAS-ROOM: 40 %"),
        ({"PercentIOLimit": "None"}, "HAS-ROOM: 40 %"),
        ({"MeteredIOBytes": str(60 * 99 * MIB)}, "STILL: 99 %"),
        ({"PercentIOLimit": "97"}, "STILL"),
        ({"MeteredIOBytes": "None"}, "NOT USED"),
        ({"MeteredIOBytes": "0"}, "NOT USED"),
    ],
)
def test_room_is_proven_by_use_below_both_limits(changed: dict[str, str], told: str, tmp_path: Path) -> None:
    answer = answer_of(tmp_path, "verify", USED | changed)
    assert told in answer
    assert shown(step("aws", "verify"), answer) is told.startswith("HAS-ROOM")


def test_the_mode_from_before_is_kept_with_its_throughput(tmp_path: Path) -> None:
    change = step("aws", "elastic")
    (tmp_path / "state").write_text("provisioned 64.0\n")
    aws = 'case "$*" in *describe*) cat state;; *update*) echo elastic null > state; echo elastic;; esac'
    answer = run(tmp_path, f"{change.run}\n{change.run}\n{change.undo_run}", {"aws": aws}, FS="fs-1")
    assert shown(change, answer)
    assert "MODE-WAS provisioned 64.0" in answer
    assert "--throughput-mode provisioned --provisioned-throughput-in-mibps 64.0 " in (tmp_path / "calls").read_text()


def test_the_throughput_from_before_is_kept(tmp_path: Path) -> None:
    change = step("aws", "raise")
    (tmp_path / "state").write_text("64.0\n")
    aws = 'case "$*" in *describe*) cat state;; *update*) echo 128.0 > state; echo 128.0;; esac'
    answer = run(tmp_path, f'{change.run}\n{change.run}\necho "BACK $MIBPS_BEFORE"', {"aws": aws}, FS="fs-1", MIBPS="128")  # fmt: skip
    assert shown(change, answer)
    assert "BACK 64.0\n" in answer


def test_only_a_file_system_with_provisioned_throughput_has_the_step_that_raises_it() -> None:
    a = model().resolved.standing("aws", "prod")
    assert a.components["files"].throughput_mode == "provisioned"  # type: ignore[attr-defined]
    assert "128" in step("aws", "raise").asks[0].example
    assert "2048" in step("gcp", "enlarge").asks[0].example


def windows(id_: str) -> FilledStep:
    """A step for the file system of development, which is one of FSx for Windows File Server."""
    return step_of(model().resolved.standing("aws", "dev"), "file-system-full", id_)


ROOM = (  # the free bytes, what is told, and whether there is room
    (str(90 * GIB), "HAS-ROOM: 30 %", True),
    (str(6 * GIB), "STILL: 2 %", False),
    ("None", "NO METRICS", False),
    ("", "NO ANSWER", False),
)


@pytest.mark.parametrize(("free", "told", "room"), ROOM)
def test_room_is_proven_by_the_newest_free_space(free: str, told: str, room: bool, tmp_path: Path) -> None:
    verify = windows("verify")
    aws = f'case "$*" in *FreeStorageCapacity*) echo {free};; *StorageCapacity*) echo 300;; esac'
    answer = run(tmp_path, verify.run or "", {"aws": aws}, FS="fs-1")
    assert told in answer
    assert shown(verify, answer) is room
    assert "sort_by(Datapoints,&Timestamp)[-1]" in (tmp_path / "calls").read_text()
    lost = run(tmp_path, verify.run or "", {"aws": f'case "$*" in *FreeStorageCapacity*) echo {GIB};; esac'}, FS="fs-1")
    assert "NO ANSWER" in lost


@pytest.mark.parametrize(
    ("size", "grows"), [("330", True), ("600", True), ("329", False), ("300", False), ("30", False)]
)
def test_windows_file_systems_grow_by_a_tenth_at_least(size: str, grows: bool, tmp_path: Path) -> None:
    enlarge = windows("enlarge")
    aws = 'case "$*" in *describe*) echo 300;; *update*) echo fs-1;; esac'
    answer = run(tmp_path, enlarge.run or "", {"aws": aws}, FS="fs-1", GIB=size)
    assert shown(enlarge, answer) is grows
    assert ("update-file-system" in (tmp_path / "calls").read_text()) is grows
    assert ("LESS-THAN-A-TENTH-MORE" in answer) is not grows


GROWING = [{"AdministrativeActionType": "STORAGE_OPTIMIZATION", "Status": "IN_PROGRESS"}]


CHANGES = (
    ("UPDATED_OPTIMIZING", 600, True),
    ("COMPLETED", 600, True),
    ("IN_PROGRESS", 600, False),
    ("FAILED", 600, False),
    ("COMPLETED", 300, False),
)


@pytest.mark.slow
@pytest.mark.parametrize(("status", "target", "there"), CHANGES)
def test_only_the_change_that_was_asked_for_counts(status: str, target: int, there: bool, tmp_path: Path) -> None:
    wait = windows("wait")
    change = {"AdministrativeActionType": "FILE_SYSTEM_UPDATE", "Status": status}
    change |= {"TargetFileSystemValues": {"StorageCapacity": target}}  # type: ignore[dict-item]
    answer = run(tmp_path, wait.run or "", {"aws": f"echo '{json.dumps([*GROWING, change])}'"}, FS="fs-1", GIB="600")
    assert shown(wait, answer) is there


SHARES = [{"name": "share", "capacityGb": "1024"}]
INSTANCES = [
    {"name": f"projects/p/locations/{place}/instances/{name}", "state": "READY", "tier": "ZONAL", "fileShares": SHARES}
    for place, name in (("a", "old-ops-prod-files"), ("europe-west1", "ops-prod-files"), ("c", "ops-dev-files"))
]  # fmt: skip


def test_the_instance_is_found_by_its_whole_name(tmp_path: Path) -> None:
    look = step("gcp", "look")
    answer = run(tmp_path, look.run or "", {"gcloud": f"echo '{json.dumps(INSTANCES)}'"})
    assert shown(look, answer)
    assert answer.count("INSTANCE-IS") == 1
    assert "LOCATION-IS europe-west1" in answer
    for others in ([], INSTANCES[:1]):
        assert not shown(look, run(tmp_path, look.run or "", {"gcloud": f"echo '{json.dumps(others)}'"}))


@pytest.mark.parametrize("size", ["1024", "512"])
def test_an_instance_is_never_made_smaller(size: str, tmp_path: Path) -> None:
    enlarge = step("gcp", "enlarge")
    answer = run(tmp_path, enlarge.run or "", {"gcloud": "echo 1024"}, GIB=size, LOCATION="a", SHARE="share")
    assert "NOT-LARGER" in answer
    assert "instances update" not in (tmp_path / "calls").read_text()


def test_an_instance_grows_once_and_its_size_from_before_is_kept(tmp_path: Path) -> None:
    enlarge = step("gcp", "enlarge")
    (tmp_path / "state").write_text("1024\n")
    gcloud = 'case "$*" in *describe*) cat state;; *update*) echo 2048 > state;; esac'
    text = f"{enlarge.run}\n{enlarge.run}\n{enlarge.undo_run}"
    answer = run(tmp_path, text, {"gcloud": gcloud}, GIB="2048", LOCATION="a", SHARE="share")
    assert shown(enlarge, answer)
    updates = [line for line in (tmp_path / "calls").read_text().splitlines() if " update " in line]
    assert len(updates) == 2
    assert "--file-share=name=share,capacity=2048GiB" in updates[0]
    assert "--file-share=name=share,capacity=1024GiB" in updates[1]


def series(*percents: float) -> str:
    """An answer of Cloud Monitoring, the newest point first."""
    return json.dumps({"timeSeries": [{"points": [{"value": {"doubleValue": percent}} for percent in percents]}]})


@pytest.mark.parametrize("id_", ["full", "verify"])
def test_no_answer_and_no_metrics_do_not_say_how_full_it_is(id_: str, tmp_path: Path) -> None:
    asked = step("gcp", id_)
    assert shown(asked, run(tmp_path, asked.run or "", {"curl": f"echo '{series(41.26, 40)}'", "gcloud": "echo token"}))
    for curl, told in (("exit 22", "NO ANSWER"), ("echo {}", "NO METRICS"), ("echo '<html>'", "NO ANSWER")):
        answer = run(tmp_path, asked.run or "", {"curl": curl, "gcloud": "echo token"})
        assert told in answer
        assert not shown(asked, answer)


def test_an_instance_that_is_still_full_is_not_taken_for_one_with_room(tmp_path: Path) -> None:
    verify = step("gcp", "verify")
    answer = run(tmp_path, verify.run or "", {"curl": f"echo '{series(96.4)}'", "gcloud": "echo token"})
    assert "STILL: 96 %" in answer
    assert not shown(verify, answer)
