"""Practice: game days record each drill in the model, and the drill of a region failover touches nothing of production."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archgen.model.coordinate import Coordinate
from archgen.pipeline import load
from archgen.project import Project
from archgen.runbooks.procedures import read, steps
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates
from conftest import ROOT, copy_project

pytestmark = pytest.mark.slow


def filled(project: Project, name: str, cloud: str, environment: str, phase: str = "mvp") -> list[FilledStep]:
    """The steps of a runbook at a coordinate."""
    templates = Templates(ROOT / "templates")
    a = project.resolved.architectures[Coordinate(cloud, environment, phase)]
    return list(steps(templates, read(templates, name), a).steps)


def test_the_last_step_of_a_game_day_records_the_drill_in_the_model(reference: Project, tmp_path: Path) -> None:
    """The command of the step runs for real, with what a person would set."""
    last = filled(reference, "game-day", "gcp", "stg")[-1]
    assert [ask.name for ask in last.asks] == ["RUNBOOK", "TOOK", "NAME"]
    folder = copy_project(tmp_path / "copy")
    run = (last.run or "").replace("archgen ", f"{sys.executable} -m archgen ", 1)
    script = f"RUNBOOK=cache-failover; TOOK=9m; NAME='Ada L'\n{run}"
    answer = subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert last.expect[0].shows in answer.stdout, answer.stderr
    project = load(folder / "architecture.yaml").project
    assert project
    recorded = project.resolved.standing("gcp", "stg").document.runbooks["cache-failover"]
    assert (recorded.tested_by, recorded.took_minutes) == ("Ada L", 9)


@pytest.mark.parametrize(("cloud", "environment"), [("aws", "dev"), ("aws", "stg"), ("gcp", "dev"), ("gcp", "stg")])
def test_a_game_day_records_at_its_own_coordinate_and_never_in_production(
    reference: Project, cloud: str, environment: str
) -> None:
    found = filled(reference, "game-day", cloud, environment)
    assert f"--at {cloud},{environment} " in (found[-1].run or "")
    assert not [step.id for step in filled(reference, "game-day", cloud, "prod") if "drill" in (step.run or "")]


PRACTICED = [("aws", "dev"), ("aws", "stg"), ("gcp", "dev"), ("gcp", "stg")]
# Names of production: its resources, its account, and the domain without the name of an environment in front.
OF_PRODUCTION = re.compile(
    r"innovate-prod|444455556666|(?<![a-z.])(?:api\.|origin\.)?innovate\.example(?!\S*@)|\bprod\b"
)


@pytest.mark.parametrize(("cloud", "environment"), PRACTICED)
def test_a_region_failover_where_nothing_is_prepared_is_a_drill_that_says_what_it_leaves_out(
    reference: Project, cloud: str, environment: str
) -> None:
    first, *found = filled(reference, "region-failover", cloud, environment)
    assert first.id == "not-prepared-here"
    assert "What remains untested is the cluster, the application, the new entrance" in (first.do or "")
    assert [step.id for step in found if not step.id.startswith("drill-")] == []
    for step in found:
        for text in filter(None, (step.text, step.do, step.run, step.undo_run, *(e.shows for e in step.expect))):
            assert not OF_PRODUCTION.search(text), (step.id, text)


@pytest.mark.parametrize(("cloud", "environment"), PRACTICED)
def test_what_a_drill_makes_is_named_so_and_only_that_is_deleted(
    reference: Project, cloud: str, environment: str
) -> None:
    found = filled(reference, "region-failover", cloud, environment)
    order = [step.id for step in found]
    assert (
        order.index("drill-restore")
        < order.index("drill-look")
        < order.index("drill-delete")
        < order.index("drill-empty")
    )
    assert all(step.undo for step in found if step.changes != "nothing")
    database = f"innovate-{environment}-database"
    deleting = re.compile(r"(?:delete-db-instance|delete-db-snapshot|sql instances delete)[^\n&]*")
    deleted = [match for step in found for match in deleting.findall(f"{step.run}\n{step.undo_run}")]
    assert len(deleted) >= (3 if cloud == "aws" else 1)
    assert all(f"{database}-drill" in text and not re.search(rf"{database}(?!-drill)", text) for text in deleted)


def test_the_drill_records_that_it_was_only_a_part(reference: Project) -> None:
    last = filled(reference, "region-failover", "aws", "stg")[-1]
    assert "archgen runbook drill region-failover --at aws,stg " in (last.run or "")
    assert "was practiced, not the cluster, the application or the entrance." in (last.run or "")


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_production_and_prepared_environments_have_no_steps_of_a_drill(reference: Project, cloud: str) -> None:
    assert not [
        s.id for s in filled(reference, "region-failover", cloud, "prod") if s.id.startswith(("drill", "not-prep"))
    ]


def test_an_environment_with_another_database_can_only_read_the_steps(reference: Project) -> None:
    """The drill has no steps for Aurora, which staging has in the phase scale."""
    (only,) = filled(reference, "region-failover", "aws", "stg", "scale")
    assert "the steps can only be read" in (only.do or "")
