"""`archgen drift --record`: when each environment was last compared, and the page that shows it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from archgen.analysis.past_comparisons import FILE, read_comparisons
from archgen.artifacts import environments_page
from archgen.commands.main import main
from archgen.pipeline import check
from archgen.project import Project, load
from archgen.publishing.public_edition import public_edition
from conftest import emitted, project_of
from drifted import PHASES, adding, queue


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model and a state that differs from it in one value, which is also the working directory."""
    project_of(tmp_path, PHASES)
    for file, (address, values) in {"s.json": queue(10), "other.json": ("aws_sqs_queue.other", {"name": "x"})}.items():
        entries: list[dict[str, object]] = []
        adding(address, **values)(entries)
        content = {"format_version": "1.0", "values": {"root_module": {"resources": entries}}}
        (tmp_path / file).write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def record(*arguments: str) -> int:
    return main(["drift", "s.json", "--record", *arguments])


def loaded(folder: Path) -> Project:
    project = load(folder / "architecture.yaml").project
    assert project
    return project


def rows(project: Project) -> list[str]:
    """The rows of the table with comparisons."""
    (page,) = emitted(project, environments_page)
    text = page.content.decode()
    table = text.partition("{#compared}")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [" ".join(html.unescape(re.sub("<[^>]*>", "", line)).split()) for line in lines]


def test_an_environment_that_was_not_compared_says_so(project: Path) -> None:
    assert rows(loaded(project)) == [
        "| Dev | never compared | | | | | | |",
        "| Prod | never compared | | | | | | |",
    ]


def test_the_page_shows_the_day_and_the_coverage_of_the_last_comparison(project: Path) -> None:
    assert record("--at", "aws,prod", "--today", "2026-01-30") == 1
    assert record("--at", "aws,prod", "--today", "2026-01-31") == 1
    assert record("--at", "aws,dev,growth", "--today", "2026-01-29") == 1
    dev, prod = rows(loaded(project))
    assert prod == "| Prod | 2026-01-31 | MVP | 1 | 1 | 1 of 1 | 3 | 1 |"
    assert dev == "| Dev | 2026-01-29 | Growth | 1 | 1 | 1 of 2 | 3 | 2 |"
    before = (project / FILE).read_bytes()
    assert record("--at", "aws,prod", "--today", "2026-01-31") == 1
    assert (project / FILE).read_bytes() == before


def test_the_public_edition_shows_the_same(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    record("--at", "aws,prod", "--today", "2026-01-31")
    edition, problems = public_edition(loaded(project), tmp_path_factory.mktemp("public"))
    assert edition, problems
    assert rows(edition.project) == rows(loaded(project))


def test_only_a_whole_comparison_of_something_is_recorded(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record("--only", "missing") == 2
    assert record("--write-baseline", "b.json") == 2
    assert main(["drift", "other.json", "--at", "aws,prod", "--record"]) == 1
    assert "nothing is recorded" in capsys.readouterr().err
    assert not (project / FILE).exists()


def test_a_record_is_not_written_through_a_link_out_of_the_project(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "target.json"
    (project / FILE).symlink_to(elsewhere)
    assert record("--at", "aws,prod") == 2
    assert not elsewhere.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "<<<<<<< ours",
        '{"format": "archgen-comparisons/1"}',
        '{"format": "archgen-comparisons/1", "comparisons": {"aws": {}}}',
        '{"format": "archgen-comparisons/1", "comparisons": {"aws,prod": {"on": "2026-01-31"}}}',
        "[" * 100_000,
    ],
)
def test_a_record_that_cannot_be_read_is_a_diagnostic_and_stays_as_it_is(project: Path, text: str) -> None:
    (project / FILE).write_text(text, encoding="utf-8")
    assert [f.code for f in check(loaded(project)).findings if f.code.startswith("ARC-")] == ["ARC-I006"]
    assert record("--at", "aws,prod") == 2
    assert (project / FILE).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("key", "value"),
    [("on", "yesterday"), ("on", "2026-13-01"), ("phase", "<b>"), ("values", -1), ("values", True), ("files", "1"), ("more", 1)],
)  # fmt: skip
def test_each_entry_has_a_day_and_numbers(project: Path, key: str, value: object) -> None:
    record("--at", "aws,prod", "--today", "2026-01-31")
    document = json.loads((project / FILE).read_text(encoding="utf-8"))
    document["comparisons"]["aws,prod"][key] = value
    (project / FILE).write_text(json.dumps(document), encoding="utf-8")
    (problem,) = read_comparisons(project).problems
    assert "aws,prod" in problem.message
