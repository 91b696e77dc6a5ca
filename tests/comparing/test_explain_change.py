"""`archgen explain-change`: what a value drives is found by trying other values, and what is not known is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.checking.reading_rules import rules_reading_value
from archgen.commands.main import main
from archgen.comparing.review import Review, ReviewedSide, review
from archgen.comparing.trying import TriedStatement, path_of_line, resolved_path, tried
from archgen.comparing.words import plain
from archgen.pipeline import Project, check
from conftest import MINIMAL, archgen, project_of

RETENTION = "components.orders.backup.retention_days"
STAGED = MINIMAL.replace("retention_days: 7", "retention_days: 7}, when: {live: {storage_gib: 30}").replace(
    "storage_gib: 20, ", ""
)


def try_values(folder: Path, text: str, path: str) -> list[TriedStatement]:
    project = project_of(folder, text)
    base = ReviewedSide(project, check(project).judgment)

    def compare(changed: Project) -> Review:
        return review(base, ReviewedSide(changed, check(changed).judgment))

    return tried(project, folder / "architecture.yaml", tuple(path.split(".")), compare)


def effects_of(statement: TriedStatement) -> list[str]:
    return [plain(e.words) for trial in statement.trials for e in trial.review.effects]


def test_other_numbers_are_tried_and_what_differs_is_said(tmp_path: Path) -> None:
    (statement,) = try_values(tmp_path, MINIMAL, RETENTION)
    assert [(trial.old, trial.new) for trial in statement.trials] == [(7, 8), (7, 6)]
    assert f"{RETENTION}: 7 → 8" in effects_of(statement)


def test_what_was_compared_is_said_if_nothing_differs_and_pages_are_not_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = MINIMAL.replace("title: Orders,", "title: Orders, purpose: Keeps what people buy.,")
    (tmp_path / "architecture.yaml").write_text(model, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["explain-change", "components.orders.purpose"]) == 0
    said = capsys.readouterr().out
    assert (
        "Nothing differs with these values in what is compared:\n  Findings, Unknown facts, Terraform addresses,"
        in said
    )
    assert "which pages of the site show it" in said.partition("Not known:")[2]


def test_the_choices_of_a_setting_are_found_and_tried(tmp_path: Path) -> None:
    model = MINIMAL.replace("protocol: postgresql", "protocol: postgresql, data: sent")
    (statement,) = try_values(tmp_path, model, "components.shop.calls.orders.data")
    assert {trial.new for trial in statement.trials} == {"received", "both"}


def test_a_value_with_a_condition_is_changed_where_it_is_stated(tmp_path: Path) -> None:
    (statement,) = try_values(tmp_path, STAGED, "components.orders.storage_gib")
    assert statement.path == ("components", "orders", "when", "live", "storage_gib")
    assert {trial.new for trial in statement.trials} == {31, 29}


def test_a_part_that_others_refer_to_cannot_be_removed_and_the_places_are_named(tmp_path: Path) -> None:
    (statement,) = try_values(tmp_path, MINIMAL, "components.orders")
    assert not statement.trials
    assert [(d.code, d.span.line if d.span else 0) for d in statement.problems] == [("ARC-R001", 17)]


def test_a_default_has_no_place_that_could_be_changed(tmp_path: Path) -> None:
    assert try_values(tmp_path, MINIMAL, "components.orders.port") == []


def test_a_line_is_the_first_value_that_begins_there(tmp_path: Path) -> None:
    project = project_of(tmp_path, STAGED)
    root = project.files.root
    assert root
    lines = STAGED.splitlines()
    port = next(n for n, line in enumerate(lines, 1) if line.startswith("    calls: {orders"))
    assert path_of_line(root, "architecture.yaml", port) == ("components", "shop", "calls", "orders")
    last = next(n for n, line in enumerate(lines, 1) if "retention_days" in line)
    there = path_of_line(root, "architecture.yaml", last)
    assert there == ("components", "orders", "backup", "retention_days")
    assert resolved_path(project.resolved, root, there) == there
    staged = ("components", "orders", "when", "live", "storage_gib")
    assert resolved_path(project.resolved, root, staged) == ("components", "orders", "storage_gib")
    assert path_of_line(root, "architecture.yaml", 1000) is None


def test_rules_that_read_a_setting_are_watched_and_others_are_not_named(tmp_path: Path) -> None:
    project = project_of(tmp_path, MINIMAL)
    found = rules_reading_value(project.resolved, tuple(RETENTION.split(".")))
    assert found
    assert "DATA401" in found
    assert "SEC501" not in found
    assert rules_reading_value(project.resolved, ("components", "orders")) is None
    backup = project.resolved.default.components["orders"].backup  # type: ignore[attr-defined]
    assert "__getattribute__" not in vars(type(backup))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "architecture.yaml").write_text(MINIMAL, encoding="utf-8")
    return tmp_path


def test_the_command_says_what_was_tried_who_to_ask_and_what_is_not_known(folder: Path) -> None:
    text = archgen("explain-change", RETENTION, cwd=folder)
    assert text.code == 0, text.err
    assert "  8 instead of 7 (architecture.yaml:19)" in text.out
    assert "DATA401" in text.out
    assert text.out.rstrip().endswith("what a value drives that was not tried")
    of_line = archgen("explain-change", "architecture.yaml:19", "--format", "json", cwd=folder)
    data = json.loads(of_line.out)
    assert data["path"].startswith("components.orders")
    assert data["unknown"]
    assert (folder / "architecture.yaml").read_text(encoding="utf-8") == MINIMAL


@pytest.mark.slow
def test_a_path_that_does_not_exist_is_an_error(folder: Path) -> None:
    assert archgen("explain-change", "components.nothing", cwd=folder).code == 2
    assert archgen("explain-change", "architecture.yaml:999", cwd=folder).code == 2
    assert archgen("explain-change", "", cwd=folder).code == 2


def test_the_text_of_a_secret_is_not_printed(folder: Path) -> None:
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    (folder / "architecture.yaml").write_text(
        MINIMAL.replace("title: Orders,", f"title: Orders, purpose: {key},"), encoding="utf-8"
    )
    for format_ in ("text", "json"):
        result = archgen("explain-change", "components.orders.purpose", "--format", format_, cwd=folder)
        assert result.code == 0
        assert key not in result.out


IDENTIFYING = MINIMAL.replace(
    "components:\n",
    "teams: {shop: {name: Shop, contact: pager@planted.example}}\nrepository: https://git.planted.example/shop\ncomponents:\n",
).replace("title: Orders,", "title: Orders, identifier: planted-orders,")
VALUES = ("planted", "10.0.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (RETENTION, "8 instead of 7"),
        ("components.orders.identifier", "another value, which is withheld"),
        ("teams.shop.contact", "another value, which is withheld"),
        ("environments.live.aws.cidr", ""),
    ],
)
def test_the_public_profile_shows_no_identifying_value(
    tmp_path: Path, path: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "architecture.yaml").write_text(IDENTIFYING, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for format_ in ("text", "json"):
        assert main(["explain-change", path, "--profile", "public", "--format", format_]) == 0
        said = capsys.readouterr().out
        assert shown in said
        assert "what differs only in values that the public profile withholds" in said
        assert not [value for value in VALUES if value in said]
    assert main(["explain-change", path]) == 0
    said = capsys.readouterr().out
    assert "public profile" not in said
    assert path == RETENTION or any(value in said for value in VALUES)


def test_an_answer_that_would_reveal_a_withheld_value_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "architecture.yaml").write_text(IDENTIFYING, encoding="utf-8")
    monkeypatch.setattr("archgen.comparing.driven.as_text", lambda _driven: "ask pager@planted.example\n")
    monkeypatch.chdir(tmp_path)
    assert main(["explain-change", RETENTION, "--profile", "public"]) == 2
    said = capsys.readouterr()
    assert (said.out, "ARC-P001" in said.err) == ("", True)
    assert "the answer would reveal 1 withheld value" in said.err
