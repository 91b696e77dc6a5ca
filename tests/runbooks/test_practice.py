"""Practice: game days record each drill in the model, and the drill of a region failover touches nothing of production."""

from __future__ import annotations

import os
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
