"""What stacks make and what would stop a build is the same, whichever process finds it, and known once a check has ended."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from archgen.artifacts import refusals_meanwhile as shared
from archgen.pipeline import Project, load
from archgen.terraform.unbuilt import made_on
from conftest import MINIMAL

STACKS = "terraform: {stacks: {base: {purpose: All., modules: [sqs]}}}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    (tmp_path / "architecture.yaml").write_text(MINIMAL + STACKS)
    loaded = load(tmp_path / "architecture.yaml").project
    assert loaded
    return loaded


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_stacks_make_is_what_this_process_would_find(project: Project, jobs: int) -> None:
    with shared.refusals_meanwhile(project, jobs) as found:
        assert {cloud: vars(made) for cloud, made in project.made.items()} == {
            cloud: vars(made_on(project.resolved, cloud)) for cloud in project.resolved.axes.clouds
        }
        assert found() == found()
    assert [*project.made] == [*project.resolved.axes.clouds]


def test_what_nothing_asked_for_is_found_later(project: Project) -> None:
    with pytest.raises(KeyError), shared.refusals_meanwhile(project, 2):
        raise KeyError
    assert project.made["aws"].modules


def test_a_page_that_asks_what_stacks_make_gets_an_answer(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def of_pages(its: Project) -> tuple[list[object], list[object]]:
        asked.extend(its.made["aws"].listed)
        return [], []

    monkeypatch.setattr(shared, "of_pages", of_pages)
    with shared.refusals_meanwhile(project, 2) as found:
        assert not found()
    assert asked == ["sqs"]


def test_without_another_process_all_is_found_here(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    monkeypatch.setattr("sys.platform", "other")
    with shared.refusals_meanwhile(project, 2) as found:
        assert project.made["aws"].modules
        assert not found()
