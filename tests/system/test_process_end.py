"""A run ends at once, but not before what was registered for its end has run and everything is printed."""

from __future__ import annotations

import atexit
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import archgen.__main__ as it
from archgen.__main__ import UNFLUSHED

REGISTERED = """
import atexit, sys
sys.argv = ["archgen", *sys.argv[1:]]
atexit.register(lambda: print("registered"))
class Slow:
    def __del__(self): print("freed")
slow = Slow()
"""
THREAD = "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()\n"
RUN = "from archgen.__main__ import run\nrun()"
FULL = Path("/dev/full")


def ended(code: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(command, text=True, check=False, env=buffered, **streams)  # type: ignore[call-overload,no-any-return]


def test_what_is_registered_for_the_end_runs_and_objects_are_not_freed(tmp_path: Path) -> None:
    done = ended(REGISTERED + RUN, "validate", cwd=tmp_path)
    assert done.returncode == 2
    assert "architecture.yaml" in done.stderr
    assert done.stdout == "registered\n"


def test_a_thread_that_runs_is_waited_for(tmp_path: Path) -> None:
    done = ended(REGISTERED + THREAD + RUN, "validate", cwd=tmp_path)
    assert done.returncode == 2
    assert "thread" in done.stdout
    assert "registered" in done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_output_that_cannot_be_written_at_the_end_is_a_failure() -> None:
    late = "import archgen.__main__ as it\nit.main = lambda: 0\n"  # what a command prints itself is written before
    with FULL.open("w") as full:
        done = ended(REGISTERED + late + RUN, stdout=full)
    assert (done.returncode, done.stderr) == (UNFLUSHED, "")


class _Ended(BaseException):
    pass


class _Full(io.StringIO):
    def flush(self) -> None:
        raise OSError("no space left on device")


@pytest.mark.parametrize(
    ("code", "full", "ends_with"), [(0, False, 0), (1, False, 1), (0, True, UNFLUSHED), (1, True, 1)]
)
def test_the_exit_code_is_that_of_the_command(
    code: int, full: bool, ends_with: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended_with: list[int] = []

    def end(with_code: int) -> None:
        ended_with.append(with_code)
        raise _Ended

    monkeypatch.setattr(it, "main", lambda: code)
    monkeypatch.setattr(atexit, "_run_exitfuncs", lambda: None)
    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(sys, "stdout", _Full() if full else io.StringIO())
    with pytest.raises(_Ended):
        it.run()
    assert ended_with == [ends_with]


def test_with_other_threads_python_ends_as_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(it, "main", lambda: 3)
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    with pytest.raises(SystemExit) as ended_with:
        it.run()
    assert ended_with.value.code == 3
