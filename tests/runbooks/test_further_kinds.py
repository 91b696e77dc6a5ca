"""Runbooks of the kinds that the reference model does not have, on a small model of both clouds."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from archgen.model.architecture import Architecture
from archgen.pipeline import load
from archgen.project import Project
from archgen.runbooks.here import Here
from archgen.runbooks.procedures import known, read, steps
from archgen.runbooks.text import as_text
from archgen.templating.render import Templates
from conftest import project_of

MODEL = Path(__file__).parents[1] / "data/models/runbooks.yaml"
TEMPLATES = Templates()


@cache
def model() -> Project:
    """The small model, resolved."""
    loaded = load(MODEL)
    assert loaded.project, loaded.diagnostics
    return loaded.project


def places() -> list[tuple[str, Architecture]]:
    """Each runbook at each coordinate."""
    return [(name, a) for a in model().resolved.today() for name in a.document.runbooks]


def test_every_runbook_of_archgen_is_in_one_of_the_models_that_are_rehearsed(reference: Project) -> None:
    there = {*(name for name, _a in places()), *reference.resolved.default.document.runbooks}
    there |= {name for a in reference.resolved.architectures.values() for name in a.document.runbooks}
    assert set(known(TEMPLATES)) <= there


def test_each_names_only_its_own_environment() -> None:
    for name, a in places():
        text = as_text(TEMPLATES, read(TEMPLATES, name), a)
        own = a.coordinate.environment
        other = "dev" if own == "prod" else "prod"
        assert not re.search(rf"\bops-{other}\b", text), (name, str(a.coordinate))
        assert f"ops-{own}" in text
        assert not re.search(r"(--[a-z-]+[ =]|/|-)'?None\b", text), (name, str(a.coordinate))


def commands(folder: Path, old: str, new: str, cloud: str, runbook: str) -> str:
    """The commands of a runbook in production, after a change of the model."""
    text = MODEL.read_text(encoding="utf-8")
    assert old in text
    a = project_of(folder, text.replace(old, new)).resolved.standing(cloud, "prod")
    return "\n".join(step.run or "" for step in steps(TEMPLATES, read(TEMPLATES, runbook), a).steps)


def test_a_queue_that_keeps_the_order_is_asked_for_by_its_whole_name(tmp_path: Path) -> None:
    old = "title: Jobs\n    owner: ops\n"
    ordered = commands(tmp_path, old, f"{old}    ordered: true\n", "aws", "queue-backlog")
    assert "--queue-name ops-prod-jobs.fifo " in ordered
    assert not re.search(r"ops-prod-jobs(?!\.fifo)\b", ordered)


@pytest.mark.parametrize(
    ("cloud", "asked"),
    [
        ("aws", "Name=tag:Name,Values=ops-prod-licenses-1,ops-prod-licenses-2"),
        ("gcp", "'name~^ops-prod-licenses-[0-9]{3}$'"),
    ],
)
def test_several_machines_of_a_component_are_found_by_their_numbers(tmp_path: Path, cloud: str, asked: str) -> None:
    made = commands(tmp_path, "title: License server, ", "title: License server, count: 2, ", cloud, "machine-recovery")
    assert asked in made
    assert not re.search(r"ops-prod-licenses[ '\"]", made)


def test_what_changes_something_has_a_way_back_and_a_limit() -> None:
    seen = 0
    for name, a in places():
        for step in steps(TEMPLATES, read(TEMPLATES, name), a).steps:
            if step.changes != "nothing":
                seen += 1
                assert step.undo, (name, step.id)
                assert step.within, (name, step.id)
    assert seen > 40


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_failures_are_followed_to_what_sent_and_what_receives_them(cloud: str) -> None:
    a = model().resolved.standing(cloud, "prod")
    here = Here(a, "failed-jobs")
    assert [part.id for part in here.failing_into()] == ["jobs"]
    assert [part.id for part in here.takers("jobs")] == ["work"]  # not the queue for failures, to which it sends
    text = as_text(TEMPLATES, read(TEMPLATES, "dead-letters"), a)
    assert "failures come from Jobs (`ops-prod-jobs`)." in text
    assert "Work (`ops-prod-work`) receives from Jobs." in text
    assert "tried 5 times" in text


def test_a_queue_without_statements_says_what_is_not_known(tmp_path: Path) -> None:
    text = (
        MODEL.read_text(encoding="utf-8")
        .replace("    dead_letters: failed-jobs\n", "")
        .replace("    max_receives: 5\n", "")
    )
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    for cloud in ("aws", "gcp"):
        a = loaded.project.resolved.standing(cloud, "prod")
        found = as_text(TEMPLATES, read(TEMPLATES, "dead-letters"), a)
        assert "The model does not state how often a message is tried" in found
        assert "By the model, failures come from" not in found


def test_a_table_without_recovery_has_one_step_that_says_so(tmp_path: Path) -> None:
    text = MODEL.read_text(encoding="utf-8").replace("point_in_time_recovery: true", "point_in_time_recovery: false")
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    for cloud in ("aws", "gcp"):
        a = loaded.project.resolved.standing(cloud, "prod")
        (only,) = steps(TEMPLATES, read(TEMPLATES, "table-restore"), a).steps
        assert only.id == "impossible"
