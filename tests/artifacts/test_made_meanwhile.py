"""Outputs without pictures are made in a second process while pictures are drawn; what is made does not depend on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen import pipeline
from archgen.artifacts import rehearsals_page
from archgen.artifacts.base import Context
from archgen.pipeline import Project, check, graph, make
from conftest import MINIMAL, project_of

BROKEN_PAGE = "{{ nothing.at.all }}"


def test_outputs_that_are_made_meanwhile_need_no_pictures(reference: Project) -> None:
    """If one did, the child would fail, and each build would make all of them once more."""
    checked = check(reference)
    context = Context(reference, graph(reference), None, checked.lasting)
    made = dict(pipeline._emitted(context, lambda _text: None, pipeline._outputs_without_pictures()))
    assert len(made) > 5
    assert all(artifacts for artifacts, _problems in made.values())


@pytest.mark.slow
def test_what_is_made_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    checked = check(project_of(tmp_path, MINIMAL))
    artifacts, problems = make(checked)
    assert artifacts
    assert make(checked, jobs=2) == (artifacts, problems)


def test_a_failure_in_the_second_process_is_met_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def emit(_context: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(rehearsals_page, "emit", emit)
    with pytest.raises(ZeroDivisionError):
        make(check(project_of(tmp_path, MINIMAL)), jobs=2)


def test_a_problem_of_a_template_is_reported_by_either_process(tmp_path: Path) -> None:
    templates = tmp_path / "templates/pages"
    templates.mkdir(parents=True)
    (templates / "reference_kinds.md").write_text(BROKEN_PAGE, encoding="utf-8")
    checked = check(project_of(tmp_path, MINIMAL))
    made, problems = make(checked, jobs=2)
    assert made == []
    assert [problem.code for problem in problems] == ["ARC-T001"]
    assert make(checked) == (made, problems)
