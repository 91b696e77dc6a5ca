"""`--timings`: what the stages of a command take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.commands import timings as module
from archgen.commands.timings import TimedProgress, Timings
from conftest import archgen


def test_seconds_are_those_between_the_beginnings_of_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([10.0, 10.0, 12.0, 15.0, 16.0, 16.0])
    monkeypatch.setattr(module.time, "process_time", lambda: 4.0)
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(now))
    timings = Timings()
    timings.begin("reading")
    timings.begin("drawing")
    timings.begin("reading")  # again
    assert timings.rows() == [
        {"stage": "starting", "seconds": 4.0, "share": 0.4},
        {"stage": "reading", "seconds": 3.0, "share": 0.3},
        {"stage": "drawing", "seconds": 3.0, "share": 0.3},
    ]
    lines = timings.table().splitlines()
    assert lines[1].split() == ["reading", "3.000", "s", "30%"]
    assert lines[-1].split() == ["all", "10.000", "s", "100%"]


def test_each_step_that_is_printed_is_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    progress = TimedProgress()
    progress("drawing")
    progress.begin("writing files")
    assert [row["stage"] for row in progress.timings.rows()] == ["starting", "drawing", "writing files"]
    assert capsys.readouterr().err == "drawing\n"


def test_validate_says_what_its_stages_took(minimal: Path) -> None:
    result = archgen("validate", "--timings", cwd=minimal)
    assert "checking the model" in result.err
    assert "checking the model" not in result.out
    report = json.loads(archgen("validate", "--timings", "--format", "json", cwd=minimal).out)
    assert [row["stage"] for row in report["timings"]] == [
        "starting",
        "reading and checking the model",
        "reporting",
    ]
    assert sum(row["share"] for row in report["timings"]) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("format_", ["text", "json", "sarif"])
def test_validate_says_what_its_stages_took_even_if_the_model_is_invalid(minimal: Path, format_: str) -> None:
    (minimal / "architecture.yaml").write_text("version: 1\n", encoding="utf-8")
    result = archgen("validate", "--timings", "--format", format_, cwd=minimal)
    assert result.code == 2
    if format_ == "json":
        assert [row["stage"] for row in json.loads(result.out)["timings"]][-1] == "reporting"
    else:
        assert "\nreading and checking the model  " in result.err


def test_build_says_what_its_stages_took_even_if_it_fails(minimal: Path) -> None:
    (minimal / "architecture.yaml").write_text("version: 1\n", encoding="utf-8")
    result = archgen("build", "--timings", cwd=minimal)
    assert result.code == 2
    assert "reading the model  " in result.err
    assert result.out == ""
