"""The steps that promote and roll back a release, run by a shell on a real repository with a bare remote."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project
from archgen.runbooks.procedures import Procedure, read, steps
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates
from conftest import ROOT

ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@innovate.example", "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@innovate.example", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


pytestmark = pytest.mark.slow


class Delivery:
    """A clone whose remote has the branches main, dev, stg and prod; each release is one or more commits of `version`."""

    def __init__(self, folder: Path, project: Project) -> None:
        self.clone = folder / "clone"
        self._project = project
        self.git("init", "--bare", "--initial-branch=main", str(folder / "remote.git"), at=folder)
        self.git("clone", str(folder / "remote.git"), str(self.clone), at=folder)
        self.git("switch", "--create", "main")
        (self.clone / "version").write_text("1")
        self.git("add", "version")
        self.git("commit", "--message", "Version 1")
        self.git("push", "origin", "main")
        for environment in ("dev", "stg", "prod"):
            self.git("push", "origin", f"main:{environment}")

    def git(self, *words: str, at: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *words], cwd=at or self.clone, env={**os.environ, **ENVIRONMENT}, check=True, capture_output=True, text=True
        )  # fmt: skip
        return done.stdout

    def release(self, *versions: str) -> None:
        """Commit versions to the default branch, as merged pull requests do."""
        self.git("switch", "main")
        self.git("pull", "--ff-only", "origin", "main")
        for version in versions:
            (self.clone / "version").write_text(version)
            self.git("add", "version")
            self.git("commit", "--message", f"Version {version}")
        self.git("push", "origin", "main")
        self.git("fetch", "origin")

    def follow(self, environment: str, step: str, **values: str) -> tuple[int, str]:
        """The exit code and the answer of a step of the runbook in an environment, checked against what it says to expect."""
        found = self.step(environment, step)
        done = subprocess.run(
            ["bash", "-c", found.run or ""], cwd=self.clone, env={**os.environ, **ENVIRONMENT, **values}, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        succeeded = all(expected.shows in done.stdout for expected in found.expect)
        return (0 if succeeded else done.returncode or 1), done.stdout

    def step(self, environment: str, step: str) -> FilledStep:
        """A step of the runbook."""
        templates = Templates(ROOT / "templates")
        architecture = self._project.resolved.architectures[Coordinate("aws", environment, "mvp")]
        procedure = steps(templates, read(templates, "deploy-and-roll-back"), architecture)
        assert isinstance(procedure, Procedure)
        return next(s for s in procedure.steps if s.id == step)

    def running(self, environment: str) -> str:
        """The version that an environment follows."""
        self.git("fetch", "origin")
        return self.git("show", f"origin/{environment}:version")

    def promote(self, *environments: str) -> None:
        """Promote through environments, each from the one before."""
        for environment in environments:
            for step in ("fetch", "compare", "promote"):
                code, out = self.follow(environment, step)
                assert code == 0, (environment, step, out)


@pytest.fixture
def delivery(tmp_path: Path, reference: Project) -> Delivery:
    return Delivery(tmp_path, reference)


def test_a_release_passes_every_environment_in_turn(delivery: Delivery) -> None:
    delivery.release("2")
    delivery.promote("dev", "stg")
    assert [delivery.running(e) for e in ("dev", "stg", "prod")] == ["2", "2", "1"]
    delivery.release("3")
    delivery.promote("prod")
    assert delivery.running("prod") == "2"  # what staging runs, not what is newest
    code, out = delivery.follow("prod", "compare")
    assert (code, out) == (1, "")  # nothing is left to promote, and the answer does not look like a success


def test_after_a_rollback_the_next_promotion_works(delivery: Delivery) -> None:
    delivery.release("2")
    delivery.promote("dev", "stg", "prod")
    delivery.release("3a", "3")
    delivery.promote("dev", "stg", "prod")
    good = delivery.git("tag", "--list", "release-prod-*", "--sort=refname").split()[0]
    code, out = delivery.follow("prod", "last-good")
    assert code == 0
    assert good in out
    code, out = delivery.follow("prod", "roll-back", GOOD=good)
    assert (code, delivery.running("prod")) == (0, "2"), out  # both commits of the release are gone
    # Until the rollback is recorded, nothing can be promoted, and the runbook says so before it pushes.
    delivery.release("4")
    delivery.promote("dev", "stg")
    code, out = delivery.follow("prod", "compare")
    assert code
    assert "Version 4" in out
    assert "Record it first" in delivery.step("prod", "compare").otherwise[1].do
    assert delivery.follow("prod", "promote")[0]
    assert delivery.running("prod") == "2"
    assert delivery.follow("prod", "recorded")[0]
    code, out = delivery.follow("prod", "record")
    assert code == 0, out
    assert delivery.git("branch", "--show-current") == "main\n"
    delivery.git("merge", "--no-ff", "--no-edit", "origin/record-rollback-prod")
    assert (delivery.clone / "version").read_text() == "4"  # the default branch keeps its content
    delivery.git("push", "origin", "main")
    code, out = delivery.follow("prod", "recorded")
    assert code == 0, out
    delivery.release("5")
    delivery.promote("dev", "stg", "prod")
    assert [delivery.running(e) for e in ("dev", "stg", "prod")] == ["5", "5", "5"]


def test_a_rollback_needs_a_clean_copy_and_another_release(delivery: Delivery) -> None:
    delivery.release("2")
    delivery.promote("dev", "stg", "prod")
    (tag,) = delivery.git("tag", "--list", "release-prod-*").split()
    assert delivery.follow("prod", "roll-back", GOOD=tag)[0]  # it runs already
    (delivery.clone / "version").write_text("mine")
    assert delivery.follow("prod", "roll-back", GOOD="origin/prod~1")[0]
    assert (delivery.clone / "version").read_text() == "mine"
    assert delivery.running("prod") == "2"
