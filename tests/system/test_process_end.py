"""A run ends at once, but not before what was registered for its end has run and everything is printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
