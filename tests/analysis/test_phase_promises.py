"""What a phase is said to bring, next to what the model contains: promises, and what the roadmap shows of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archgen.analysis.phase_promises import PhasePromise, promises
from archgen.artifacts import comparison_pages
from archgen.diagnostics.diagnostic import dotted
from archgen.pipeline import check, load
from archgen.project import Project
from conftest import emitted

MODEL = """version: 2
name: T
clouds: {aws: {region: eu-west-1}, gcp: {role: ready, region: europe-west1}}
environments: {prod: {name: Prod, aws: {account: p}, gcp: {project: shop-prod}}}
phases:
  first: {name: First, brings: [A store.], built_by: [{says: store, at: [components.files]}]}
  second:
    name: Second
    brings: ["A queue, versions and copies.", Something else., Nothing of this.]
    built_by:
      - {says: queue, at: [components.queue]}
      - {says: versions, at: [components.files.versioned, components.files.title]}
      - {says: copies, because: They cost too much.}
      - {says: Nothing of this}
components:
  files:
    kind: object-store
    title: Files
    when: {aws: {product: s3}, gcp: {product: cloud-storage}, second: {versioned: false, purpose: Keeps files.}}
  queue: {kind: queue, title: Queue, product: sqs, in: [aws & second]}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    file = tmp_path_factory.mktemp("promises") / "architecture.yaml"
    file.write_text(MODEL, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project


def promised(project: Project, cloud: str, phase: str) -> list[PhasePromise]:
    after = next(a for c, a in project.resolved.architectures.items() if (c.cloud, c.phase) == (cloud, phase))
    before = project.resolved.architectures.get(replace(after.coordinate, phase="first")) if phase == "second" else None
    assert after.phase
    return promises(after.phase, before, after)


def test_a_promise_says_what_the_phase_does_to_the_parts_that_implement_it(project: Project) -> None:
    for cloud, queue in (("aws", "new"), ("gcp", "absent")):
        queue_and_more, other, nothing = promised(project, cloud, "second")
        places = [(dotted(p.path), p.built) for part in queue_and_more.parts for p in part.places]
        assert places == [
            ("components.queue", queue),
            ("components.files.versioned", "changed"),
            ("components.files.title", "same"),
        ]
        assert queue_and_more.parts[2].because == "They cost too much."
        assert other.parts == ()
        assert [part.places for part in nothing.parts] == [()]


def test_the_first_phase_builds_what_exists_in_it(project: Project) -> None:
    (store,) = promised(project, "aws", "first")
    assert [place.built for place in store.parts[0].places] == ["new"]


def test_a_part_that_the_phase_does_not_change_is_a_finding_at_its_path(project: Project) -> None:
    found = [d for d in check(project, "2026-11-25").findings if d.code == "OPS913"]
    assert [dotted(d.path) for d in found] == ["phases.second.built_by[1].at[1]"]


@pytest.mark.parametrize(
    ("says", "at", "message"),
    [
        ("qqq", "components.queue", "no item of `brings` contains 'qqq', which the phase 'second' quotes"),
        ("thing", "components.queue", "2 items of `brings` contain 'thing', which the phase 'second' quotes"),
        ("queue", "components.tail", "the model has no 'components.tail'"),
    ],
)
def test_wrong_words_and_paths_are_reported(tmp_path: Path, says: str, at: str, message: str) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL.replace("says: queue, at: [components.queue]", f"says: {says}, at: [{at}]"), encoding="utf-8")
    loaded = load(file)
    assert loaded.project
    assert message in {d.message for d in check(loaded.project).findings}


def test_an_empty_default_and_the_section_of_components_are_places_like_others(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(
        MODEL.replace("at: [components.queue]", "at: [components.queue.calls, components]"), encoding="utf-8"
    )
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    queue_and_more, *_others = promised(loaded.project, "aws", "second")
    assert [place.built for place in queue_and_more.parts[0].places] == ["absent", "changed"]
    assert "<code>components</code> (changed)" in roadmap(loaded.project)


def roadmap(project: Project) -> str:
    (page,) = (f.content for f in emitted(project, comparison_pages) if f.path == "docs/architecture/road.md")
    return bytes(page).decode()


def test_the_roadmap_never_shows_a_promise_without_a_link_as_built(project: Project) -> None:
    page = roadmap(project)
    rows = {
        line.strip().split(" | ")[0].removeprefix("| "): line.strip() for line in page.splitlines() if " | " in line
    }
    assert "**Not linked to the model**" in rows["Something else&#46;"]
    assert "**Not in the model:** Nothing of this" in rows["Nothing of this&#46;"]
    queue = next(row for start, row in rows.items() if start.startswith("A queue,"))
    assert "**Not in the model:** copies. They cost too much" in queue
    assert "versions: [Files](components/files.md) <code>versioned</code> (changed)" in queue
    assert "<code>title</code> (**unchanged**)" in queue


def test_the_roadmap_says_where_a_part_does_not_exist(project: Project) -> None:
    assert roadmap(project).count("queue: [Queue](components/queue.md) (**not in Prod on GCP in this phase**)") == 1


def test_a_component_of_which_only_documentation_changes_is_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    text = MODEL.replace("versioned: false, purpose", "purpose")
    paths = "components.files.versioned, components.files.title"
    file.write_text(text.replace(paths, "components.files, components.files.purpose"), encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    queue_and_more, *_others = promised(loaded.project, "aws", "second")
    assert [place.built for place in queue_and_more.parts[1].places] == ["same", "new"]


def test_the_roadmap_folds_changes_that_build_nothing(project: Project) -> None:
    page = roadmap(project)
    build, _, fold = page.partition('??? note "Documentation and planning, which build nothing: 1 setting"')
    assert "<code>purpose</code>" in fold.partition("???")[0]
    assert "<code>purpose</code>" not in build
    assert "<code>versioned</code>" in build
