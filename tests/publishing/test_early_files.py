"""Files of the next site that `archgen serve` makes before the rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from archgen.artifacts.base import Artifact, Nav
from archgen.commands.serve import MOST_INTERRUPTED, _Interruptible, _Superseded
from archgen.pipeline import Checked, check, load, make, make_some
from archgen.publishing.early import EarlyFiles
from archgen.publishing.live import Live, look_of
from archgen.publishing.watching import Watch
from conftest import MINIMAL, project_of


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Artifact], Checked, list[Artifact]]:
    """The artifacts of a model, and after an edit: the checked model, and its artifacts."""
    root = tmp_path_factory.mktemp("early")
    before, problems = make(check(project_of(root, MINIMAL)))
    assert not problems
    model = root / "architecture.yaml"
    text = MINIMAL.replace("title: Orders", "title: Ledger").replace("retention_days: 7", "retention_days: 8")
    model.write_text(text, encoding="utf-8")
    project = load(model).project
    assert project
    checked = check(project)
    return before, checked, make(checked)[0]


@pytest.mark.slow
def test_a_file_that_is_made_alone_is_as_in_a_build(
    built_once: tuple[list[Artifact], Checked, list[Artifact]],
) -> None:
    before, checked, after = built_once
    expected = {artifact.path: artifact.content for artifact in after}
    changed = {a.path for a in before if a.output and expected[a.path] != a.content} - {".archgen/drawings.json"}
    assert {"docs/architecture/components/orders.md", "docs/architecture/context.md", "docs/index.md"} <= changed
    assert any(path.endswith(".svg") for path in changed)
    made = make_some(checked, before, changed)
    assert {artifact.path for artifact in made} == changed
    assert {artifact.path for artifact in made if artifact.content != expected[artifact.path]} == set()
    for path in ("docs/architecture/context.md", "docs/architecture/components/orders.md"):
        (alone,) = make_some(checked, before, {path})
        assert alone.content == expected[path]


def test_a_file_that_is_made_alone_needs_few_pictures(
    built_once: tuple[list[Artifact], Checked, list[Artifact]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, checked, _after = built_once
    drawn: list[object] = []
    from archgen.draw import batch

    draw_all = batch.draw_all

    def counted(graphs: Any, *rest: Any, **named: Any) -> Any:
        drawn.extend(graphs)
        return draw_all(graphs, *rest, **named)

    monkeypatch.setattr(batch, "draw_all", counted)
    make_some(checked, before, {"docs/architecture/components/orders.md"})
    assert len(drawn) == 1


class FakeSite:
    """A site builder that knows one page and one picture."""

    def sources(self) -> dict[str, str]:
        return {"page/index.html": "docs/page.md", "a.svg": "docs/a.svg", "broken/index.html": "docs/broken.md"}

    def make(self, path: str, content: bytes, title: str) -> bytes | None:
        if path.startswith("broken"):
            return None
        return title.encode() + content


def test_only_files_that_are_looked_at_and_have_changed_are_published() -> None:
    published: list[Mapping[str, bytes]] = []
    looked_at = ["page/index.html", "a.svg", "broken/index.html", "unknown.html"]
    early = EarlyFiles(FakeSite(), lambda: looked_at, published.append)  # type: ignore[arg-type]
    early.remember([Artifact("docs/a.svg", b"same"), Artifact("docs/page.md", b"old")])
    asked: list[set[str]] = []

    def make(_last: object, paths: Any) -> list[Artifact]:
        asked.append(set(paths))
        return [
            Artifact("docs/page.md", b"new", nav=Nav("A", "Title")),
            Artifact("docs/a.svg", b"same"),
            Artifact("docs/broken.md", b"link to a page that does not exist yet"),
        ]

    early.make(make)
    assert asked == [{"docs/page.md", "docs/a.svg", "docs/broken.md"}]
    assert published == [{"page/index.html": b"Titlenew"}]
    looked_at.clear()
    early.make(make)
    assert len(asked) == 1
    assert published[1:] == [{}]  # the page is closed, and what was published for it is withdrawn


def test_what_a_build_that_did_not_end_has_published_is_withdrawn() -> None:
    live = Live()
    early = EarlyFiles(FakeSite(), lambda: ["a.svg"], live.publish_early)  # type: ignore[arg-type]
    early.remember([Artifact("docs/a.svg", b"old")])
    early.make(lambda _last, _paths: [Artifact("docs/a.svg", b"new")])
    assert (live.files, live.early) == ({"a.svg": b"new"}, 1)
    for _build in range(2):  # the edit was undone
        early.make(lambda _last, _paths: [Artifact("docs/a.svg", b"old")])
        assert (live.files, live.early) == ({}, 2)


def test_a_failure_is_left_to_the_build_of_all_files() -> None:
    published: list[Mapping[str, bytes]] = []
    early = EarlyFiles(FakeSite(), lambda: ["a.svg"], published.append)  # type: ignore[arg-type]

    def fail(_last: object, _paths: object) -> list[Artifact]:
        raise ValueError

    early.make(fail)
    assert published == [{}]


def test_a_save_ends_a_build_that_is_out_of_date_but_not_every_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archgen.commands.serve.LOOK_EVERY", 0)
    model = tmp_path / "architecture.yaml"
    model.write_text("a", encoding="utf-8")
    watch = Watch(tmp_path, lambda: ["architecture.yaml"])
    progress = _Interruptible(watch)
    progress("drawing")
    model.write_text("ab", encoding="utf-8")
    with pytest.raises(_Superseded):
        progress("drawing")
    progress.interrupted = MOST_INTERRUPTED
    progress("drawing")  # an editor that saves all the time does not keep the site old
    progress.interrupted = 0
    assert watch.take() == ["architecture.yaml"]
    progress("drawing")


def test_an_edit_whose_build_was_ended_by_a_file_that_is_gone_is_built(tmp_path: Path) -> None:
    model, passing = tmp_path / "architecture.yaml", tmp_path / "docs" / "4913"
    model.write_text("a", encoding="utf-8")
    passing.parent.mkdir()
    watch = Watch(tmp_path, lambda: ["architecture.yaml"])
    model.write_text("ab", encoding="utf-8")
    assert watch.take() == ["architecture.yaml"]
    passing.write_text("", encoding="utf-8")  # as editors do to find out whether they may write there
    assert watch.has_changed()
    passing.unlink()
    assert not watch.has_changed()
    watch.give_back()
    assert watch.has_changed()
    assert watch.take() == ["architecture.yaml"]
    assert not watch.has_changed()


def test_a_first_build_that_was_ended_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text("a", encoding="utf-8")
    watch = Watch(tmp_path, lambda: ["architecture.yaml"])
    watch.give_back()
    assert watch.take() == ["architecture.yaml"]


def test_a_style_sheet_or_script_changes_the_look_and_a_page_does_not(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a", encoding="utf-8")
    (tmp_path / "index.html").write_text("a", encoding="utf-8")
    look = look_of(tmp_path)
    (tmp_path / "index.html").write_text("b", encoding="utf-8")
    (tmp_path / "architecture" / "assets").mkdir(parents=True)
    (tmp_path / "architecture" / "assets" / "differences-aws.js").write_text("data", encoding="utf-8")
    assert look_of(tmp_path) == look
    (tmp_path / "a.css").write_text("b", encoding="utf-8")
    assert look_of(tmp_path) != look
