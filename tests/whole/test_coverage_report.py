"""How much of archgen the tests run: what is counted, and that too little is a failure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import coverage_report
import processes
from conftest import ROOT

pytestmark = pytest.mark.slow


CODE = '''\
"""A docstring is no code."""

# Nor is a comment.
def used(value):
    """Nor this."""
    if value:
        return 1
    return 2
'''


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "module.py").write_text(CODE)
    (folder / "empty.py").write_text("")
    return folder


def test_lines_with_code_count_whether_a_module_was_imported_or_not(source: Path) -> None:
    assert coverage_report.lines_of(source)["inner/module.py"] >= {4, 6, 7, 8}
    assert not coverage_report.lines_of(source)["inner/module.py"] & {2, 3, 5}


def test_notes_of_all_processes_are_joined(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"m.py": [1, 2], "n.py": [1]}))
    (tmp_path / "b.json").write_text(json.dumps({"m.py": [2, 3]}))
    assert coverage_report.lines_run(tmp_path) == {"m.py": {1, 2, 3}, "n.py": {1}}


def test_a_module_that_is_run_too_little_fails_however_much_of_the_rest_ran() -> None:
    there = {"large.py": set(range(1, 1001)), "small.py": {1, 2, 3, 4, 5}}
    shown, little = coverage_report.report(there, {"large.py": there["large.py"], "small.py": {1, 5}})
    assert little == ["small.py: 40.0% of its lines ran; at least 75% are required"]
    assert shown == ["  40.0 %  small.py: not 2-4", "  99.7 %  of 1005 lines in 2 modules"]


def test_a_whole_that_is_run_too_little_fails_though_every_module_is_enough() -> None:
    there = {f"{n}.py": set(range(10)) for n in range(3)}
    ran = {name: set(range(8)) for name in there}
    assert coverage_report.report(there, ran)[1] == ["80.0% of all lines ran; at least 90% are required"]


def test_enough_passes_and_lines_that_are_no_code_add_nothing() -> None:
    there = {"a.py": set(range(10)), "empty.py": set()}
    assert coverage_report.report(there, {"a.py": set(range(9)), "gone.py": {1}})[1] == []
    assert coverage_report.report(there, {"a.py": {*range(8), 98, 99}})[1] == [
        "80.0% of all lines ran; at least 90% are required"
    ]


def test_without_any_note_it_fails(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage_report, "SOURCE", source)
    assert coverage_report.main(tmp_path) == 1
    assert "0.0% of all lines ran" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(not processes.CAN_FORK, reason="only a process that was forked from a measured one is measured")
def test_a_run_of_the_command_line_is_noted(tmp_path: Path) -> None:
    """One that ends with an error, too. Lines that ran before it was forked are noted by the process that forked it."""
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT / "tests")!r})
from conftest import archgen
import processes
processes.start(processes.COLD)
assert archgen("explain", "ARC-Y001", cwd=Path()).code == 0
assert archgen("explain", "ARC-Y999", cwd=Path()).code == 2
processes.stop()
"""
    notes = tmp_path / "notes"
    notes.mkdir()
    env = {**os.environ, "ARCHGEN_COVERAGE": str(notes)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True)
    assert len(list(notes.glob("*.json"))) == 3
    ran = coverage_report.lines_run(notes)
    text = (ROOT / "src/archgen/commands/explain.py").read_text().splitlines()
    inside = {number for number, line in enumerate(text, 1) if line.startswith("    ") and "return" in line}
    assert ran["commands/explain.py"] & inside
