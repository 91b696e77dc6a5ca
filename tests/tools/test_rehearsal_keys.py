"""A runbook is rehearsed again when something changes that its results depend on, and now and then without that."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archgen.project import Project
from archgen.rehearsal.record import read_record
from archgen.rehearsal.rehearse import Act, acts
from archgen.templating.render import Templates
from conftest import DATA, project_of
from tools import rehearsal_keys
from tools.rehearsal_keys import due, keys_of, versions

RUNBOOKS = ("stream-lag", "warehouse-overload")
LOCK = "aws-sam==1.0\nawscli==1.46.3 \\\n    --hash=sha256:aa\nmoto==5.2.5 \\\nmoto-ext==1.0\n"


@pytest.fixture(scope="module")
def modeled(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The model of the runbooks that the reference model does not have."""
    text = (DATA / "models" / "runbooks.yaml").read_text(encoding="utf-8")
    return project_of(tmp_path_factory.mktemp("keys"), text)


@pytest.fixture(scope="module")
def played(modeled: Project) -> list[Act]:
    return acts(Templates(), modeled.resolved, RUNBOOKS)


@pytest.fixture(scope="module")
def before(modeled: Project, played: list[Act]) -> dict[str, str]:
    """The keys when nothing has changed."""
    return keys(modeled, played)


def keys(modeled: Project, played: list[Act]) -> dict[str, str]:
    return keys_of(Templates(), modeled.resolved, played)


@pytest.mark.slow
def test_every_runbook_has_a_key_that_stays(modeled: Project, before: dict[str, str]) -> None:
    assert set(before) == set(RUNBOOKS)
    assert len(set(before.values())) == len(RUNBOOKS)
    assert keys(modeled, acts(Templates(), modeled.resolved, RUNBOOKS)) == before


def test_another_command_changes_only_the_key_of_its_runbook(
    modeled: Project, played: list[Act], before: dict[str, str]
) -> None:
    act = next(act for act in played if act.runbook == RUNBOOKS[0])
    steps = (replace(act.steps[0], run=f"{act.steps[0].run} # changed"), *act.steps[1:])
    after = keys(modeled, [replace(one, steps=steps) if one is act else one for one in played])
    assert {name for name in RUNBOOKS if after[name] != before[name]} == {RUNBOOKS[0]}


def test_other_resources_in_the_emulator_change_every_key(
    modeled: Project, played: list[Act], before: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal_keys, "seeds", lambda *_arguments: [{"call": "s3.create_bucket"}])
    after = keys(modeled, played)
    assert all(after[name] != before[name] for name in RUNBOOKS)


@pytest.mark.slow
def test_other_code_and_other_versions_change_every_key(
    modeled: Project, played: list[Act], before: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = Path(shutil.copytree(rehearsal_keys.CODE, tmp_path / "code"))
    monkeypatch.setattr(rehearsal_keys, "CODE", code)
    assert keys(modeled, played) == before
    (code / "judging.py").write_text("# all is well\n", encoding="utf-8")
    judged = keys(modeled, played)
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK, encoding="utf-8")
    monkeypatch.setattr(rehearsal_keys, "LOCK", lock)
    locked = keys(modeled, played)
    assert all(len({before[name], judged[name], locked[name]}) == 3 for name in RUNBOOKS)


def test_the_versions_are_those_of_the_emulator_and_the_cli() -> None:
    assert versions(LOCK) == ["awscli==1.46.3", "moto==5.2.5"]
    found = versions(rehearsal_keys.LOCK.read_text(encoding="utf-8"))
    assert [line.partition("==")[0] for line in found] == sorted(rehearsal_keys.PACKAGES)


def test_what_has_changed_is_due_and_a_tenth_of_the_rest() -> None:
    now = {f"runbook-{number}": "same" for number in range(30)}
    assert len(due(now, now)) == 3
    assert len(due({"only": "same"}, {"only": "same"})) == 1
    before = {name: key for name, key in now.items() if name != "runbook-7"} | {"runbook-9": "other"}
    assert {"runbook-7", "runbook-9"} < due(now, before)
    assert len(due(now, before)) == 2 + 3
    assert due(now, before) == due(now, before)
    assert due(now, {}) == set(now)


def test_no_runbook_is_left_out_for_ever() -> None:
    drawn = set()
    for change in range(100):
        now = {f"runbook-{number}": f"{change}" for number in range(20)}
        drawn |= due(now, now)
    assert len(drawn) == 20


def test_the_record_has_the_key_of_each_runbook() -> None:
    record = read_record(Templates())
    assert set(record.keys) == set(record.steps)
