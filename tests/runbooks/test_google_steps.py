"""Steps on Google Cloud, run by a shell with programs that answer from files and write down their calls."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from archgen.model.coordinate import Coordinate
from archgen.project import Project
from archgen.runbooks.procedures import Procedure, read, steps
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates
from conftest import ROOT

DIGEST = "sha256:" + "a" * 64


def found(project: Project, runbook: str) -> dict[str, FilledStep]:
    """The steps of a runbook in Google Cloud's production by ID, with those of the part Get in."""
    templates = Templates(ROOT / "templates")
    procedure = steps(
        templates, read(templates, runbook), project.resolved.architectures[Coordinate("gcp", "prod", "mvp")]
    )
    assert isinstance(procedure, Procedure)
    return {step.id: step for step in (*procedure.preparation, *procedure.steps)}


def run(folder: Path, command: str, programs: dict[str, str], **values: str) -> str:
    """The answer of commands, with programs whose bodies are given."""
    for name, body in {"sleep": "exit 0", **programs}.items():
        program = folder / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {folder}/calls\n{body}\n', encoding="utf-8")
        program.chmod(0o755)
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env={**os.environ, "PATH": path, **values}, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize(("state", "out"), [("SUCCEEDED", True), ("FAILED", False)])
def test_a_rollback_names_its_release_and_waits_for_its_rollout(
    reference: Project, tmp_path: Path, state: str, out: bool
) -> None:
    step = found(reference, "deploy-and-roll-back")["target-back"]
    (tmp_path / "states").write_text(f"PENDING\nIN_PROGRESS\n{state}\n", encoding="utf-8")
    gcloud = 'case "$*" in *"rollouts list"*) head -1 states; sed -i 1d states;; esac'
    answer = run(tmp_path, step.run or "", {"gcloud": gcloud}, GOOD_RELEASE="api-7")
    assert all(expected.shows in answer for expected in step.expect) is out
    calls = (tmp_path / "calls").read_text(encoding="utf-8")
    assert "gcloud deploy targets rollback prod --release=api-7 --rollout-id=rollback-prod-" in calls
    assert "GOOD_RELEASE" in [ask.name for ask in step.asks]


@pytest.mark.parametrize(
    ("running", "tag", "good"),
    [(DIGEST, f"eu/api@{DIGEST}", True), ("sha256:b", f"eu/api@{DIGEST}", False), (DIGEST, "eu/api:1", False)],
)
def test_after_a_rollback_only_the_image_of_the_good_release_is_accepted(
    reference: Project, tmp_path: Path, running: str, tag: str, good: bool
) -> None:
    step = found(reference, "deploy-and-roll-back")["runs-again"]
    kubectl = f'case "$*" in *" status "*) echo successfully rolled out;; *) echo eu/api@{running};; esac'
    answer = run(tmp_path, step.run or "", {"kubectl": kubectl, "gcloud": f"echo {tag}"}, GOOD_RELEASE="api-7")
    assert all(expected.shows in answer for expected in step.expect) is good, answer


def test_the_second_way_has_ports_of_its_copy_and_leaves_the_service_alone(reference: Project) -> None:
    steps_ = found(reference, "point-in-time-restore")
    way = steps_["second-way"].run or ""
    assert "-L 15433:127.0.0.1:5433 cloud-sql-proxy --private-ip --port 5433" in way
    assert "innovate-prod-database-restored" in way
    assert "PGSERVICEFILE" not in way
    assert "innovate-prod-database-restored] Listening on 127.0.0.1:5433" in steps_["second-way"].expect[0].shows
    tunnels = [s.run for s in steps_.values() if "gcloud compute ssh" in (s.run or "")]
    assert len(tunnels) >= 2
    assert all("-o ExitOnForwardFailure=yes" in (tunnel or "") for tunnel in tunnels)


def test_the_secret_is_switched_once_and_its_old_version_is_the_way_back(reference: Project, tmp_path: Path) -> None:
    step = found(reference, "point-in-time-restore")["switch"]
    (tmp_path / "secret").write_text("host=p:r:old user=app\n", encoding="utf-8")
    gcloud = """case "$*" in
      *-restored*connectionName*) echo p:r:old-restored;; *-restored*) echo 10.0.0.10;;
      *"describe "*connectionName*) echo p:r:old;; *"describe "*) echo 10.0.0.1;;
      *"versions list"*) echo 7;; *"versions access"*) cat secret;;
      *"versions add"*) for word; do case "$word" in --data-file=*) cp "${word#--data-file=}" secret;; esac; done;;
    esac"""
    answer = run(tmp_path, step.run or "", {"gcloud": gcloud})
    assert all(expected.shows in answer for expected in step.expect), answer
    assert "WAY-BACK-IS-VERSION 7" in answer
    switched = "host=p:r:old-restored user=app"
    assert (tmp_path / "secret").read_text(encoding="utf-8") == switched
    # A second run changes nothing, neither where the file still exists nor where it was deleted.
    assert "STOP: secret-before.txt exists" in run(tmp_path, step.run or "", {"gcloud": gcloud})
    (tmp_path / "secret-before.txt").unlink()
    assert "STOP: version 7 leads to the copy already" in run(tmp_path, step.run or "", {"gcloud": gcloud})
    assert (tmp_path / "secret").read_text(encoding="utf-8") == switched
    run(tmp_path, step.undo_run or "", {"gcloud": gcloud}, VERSION="6")
    assert "gcloud secrets versions access 6 " in (tmp_path / "calls").read_text(encoding="utf-8")


def test_a_role_is_requested_for_as_long_as_the_runbook_takes(reference: Project) -> None:
    for runbook, duration in (("point-in-time-restore", "14400s"), ("cache-failover", "3600s")):
        request = found(reference, runbook)["way-in-request"]
        assert f"--requested-duration={duration} " in (request.run or "")
