"""A value that a child process computes is the one that this process would compute, whatever happens to the child."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from archgen.system import meanwhile
from archgen.system.kept import DATA, key_of
from archgen.system.meanwhile import computed_meanwhile, limit_cores, usable_cores

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux starts a child")
HERE = os.getpid()


@pytest.fixture(autouse=True)
def _no_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def refuse(*_arguments: object) -> None:
    raise OSError("no more processes")


def test_a_child_computes_the_value_once_while_this_process_goes_on() -> None:
    with computed_meanwhile(lambda: (os.getpid(), "x" * 200_000), 2) as answer:
        assert answer()[0] not in (HERE, os.getpid())
        assert answer() is answer()
        assert len(answer()[1]) == 200_000  # more than a pipe holds


def test_with_one_job_the_value_is_computed_here_when_it_is_asked_for() -> None:
    done: list[str] = []

    def compute() -> int:
        done.append("value")
        return os.getpid()

    with computed_meanwhile(compute, 1) as answer:
        done.append("block")
        assert answer() == answer() == os.getpid()
    with computed_meanwhile(compute, 1):
        done.append("not asked")
    assert done == ["block", "value", "not asked"]


@pytest.mark.parametrize("missing", ["fork", "pipe"])
def test_where_the_system_refuses_a_child_this_process_computes_the_value(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, missing, refuse)
    with computed_meanwhile(os.getpid, 2) as answer:
        assert answer() == os.getpid()


def test_a_process_with_threads_starts_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    with computed_meanwhile(os.getpid, 2) as answer:
        assert answer() == os.getpid()


@pytest.mark.parametrize("end", ["killed", "raises", "cannot be pickled"])
def test_if_the_child_fails_this_process_computes_the_value(end: str) -> None:
    here = os.getpid()

    def compute() -> object:
        if os.getpid() == here:
            return "computed here"
        if end == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if end == "raises":
            raise MemoryError
        return compute

    with computed_meanwhile(compute, 2) as answer:
        assert answer() == "computed here"


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_computation_raises_is_raised_where_it_is_asked_for(jobs: int) -> None:
    def compute() -> object:
        raise LookupError("first")

    with pytest.raises(LookupError, match="first"), computed_meanwhile(compute, jobs) as answer:
        answer()
    with pytest.raises(ValueError, match="second"), computed_meanwhile(compute, jobs):
        raise ValueError("second")


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_a_child_does_not_outlive_the_block(interruption: type[BaseException], tmp_path: Path) -> None:
    note = tmp_path / "child"

    def compute() -> None:
        note.write_text(str(os.getpid()))
        time.sleep(60)

    def interrupt() -> None:
        while not (note.exists() and note.read_text()):
            time.sleep(0.01)
        raise interruption

    with pytest.raises(interruption), computed_meanwhile(compute, 2):
        interrupt()
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_what_the_child_keeps_for_other_runs_is_kept_here() -> None:
    key = key_of("kept by a child", __name__)
    with computed_meanwhile(lambda: DATA.get(key, lambda: {"from": "child"}), 2) as answer:
        assert DATA.find(key) is None
        answer()
        assert DATA.find(key) == {"from": "child"}


def test_only_cores_that_this_process_may_use_count() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert meanwhile.usable_cores() == len(before)


def test_a_limit_of_cores_counts_where_there_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)))
    try:
        for most, expected in ((3, 3), (64, 8), (None, 8)):
            limit_cores(most)
            assert usable_cores() == expected
    finally:
        limit_cores(None)
