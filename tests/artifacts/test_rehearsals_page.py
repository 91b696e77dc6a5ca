"""The page of rehearsals and the marks at steps: what the record says, and whether a step has changed since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.artifacts import base, rehearsals_page, runbook_pages
from archgen.artifacts.rehearsals_page import rehearsed_texts
from archgen.model.resolve import Resolved
from archgen.pipeline import Project, graph, load
from archgen.rehearsal.record import NAME, digest, key_of
from archgen.runbooks.procedures import Procedure, Template, procedures, read
from archgen.templating.render import Templates
from conftest import copy_project, emitted

RUNBOOK = "database-failover"


def entry(result: str, date: str, digest_: str, *lines: str, why: str = "") -> dict[str, object]:
    """A step in the file of the record."""
    return {"result": result, "why": why, "date": date, "digest": digest_, "lines": lines}


def production(templates: Templates, project: Project) -> Procedure:
    found = next(steps for _a, steps in procedures(templates, read(templates, RUNBOOK), project.resolved, "aws"))
    assert isinstance(found, Procedure)
    return found


@pytest.mark.slow
def test_pages_say_what_was_rehearsed_and_what_has_changed_since(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    project = load(root / "architecture.yaml").project
    assert project
    templates = Templates(project.templates)
    first, second, third, *_rest = (step for step in production(templates, project).steps if step.run)
    known = {
        key_of(first): entry("executed", "2026-11-26", digest(first), "a", "b"),
        key_of(second): entry("executed", "2026-11-25", "another"),
        key_of(third): entry("parsed", "2026-11-26", digest(third), "b", why="the emulator is <b>small</b>"),
    }
    file = root / "templates" / NAME
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"steps": {RUNBOOK: known}}))

    texts = rehearsed_texts(Templates(project.templates), RUNBOOK, production(Templates(project.templates), project))
    assert texts == {
        first.id: "rehearsed: executed 2026-11-26",
        second.id: "rehearsed: executed 2026-11-25, changed since",
        third.id: "rehearsed: parsed 2026-11-26",
    }
    (page,) = emitted(project, rehearsals_page)
    text = page.content.decode()
    assert "1 of 2 distinct command lines" in text
    assert "(50 %)" in text
    assert f"| {third.title} |" in text
    assert "Executed, changed since" in text
    assert "<b>small" not in text


def test_steps_are_filled_in_once_for_all_pages(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = load(shop / "architecture.yaml").project
    assert project
    asked: list[tuple[str, str]] = []
    real = base.procedures

    def procedures_(templates: Templates, runbook: Template, resolved: Resolved, cloud: str) -> object:
        asked.append((runbook.id, cloud))
        return real(templates, runbook, resolved, cloud)

    monkeypatch.setattr(base, "procedures", procedures_)
    context = base.Context(project, graph(project))
    assert all(output.emit(context)[0] for output in (runbook_pages, rehearsals_page))
    assert len(asked) == len(set(asked)) > 1


def test_without_a_record_there_is_no_page(minimal: Path) -> None:
    project = load(minimal / "architecture.yaml").project
    assert project
    assert emitted(project, rehearsals_page) == []
