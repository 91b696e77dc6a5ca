"""Computing a value in a child process while this process does something else.

A child is a copy of this process, so it can use everything that is in memory, and only its answer travels back. What it adds to the
values that are kept between runs comes with the answer. Where a child cannot be started or fails, this process computes the value, so
that the value, and what is raised, never depend on the number of processes.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from typing import NoReturn, TypeVar

from archgen.system.kept import add_from, added_here

Value = TypeVar("Value")


class _Limit:
    cores: int | None = None


def limit_cores(most: int | None) -> None:
    """Let this process, and those that it starts from now on, use at most this many processor cores; None for all."""
    _Limit.cores = most


def usable_cores() -> int:
    """The number of processor cores that this process may use, at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _Limit.cores or cores)


@contextmanager
def computed_meanwhile(compute: Callable[[], Value], jobs: int) -> Iterator[Callable[[], Value]]:
    """A function that returns what `compute` returns, or raises what it raises: computed in a child process if `jobs` is at least 2.

    `compute` must have no effect but its value, which can be pickled. Without a child, it is called when the function is first called. So
    the order in which failures come to light does not depend on the number of processes. The child does not outlive the block.
    """
    started = _start(compute) if jobs > 1 and _can_fork() else None
    if started is None:
        yield cache(compute)
        return
    child = _Child(*started)
    try:
        yield cache(lambda: child.answer(compute))
    finally:
        child.stop()


def start_helpers(work: Callable[[int, int], None], most: int) -> Callable[[], None]:
    """Start copies of this process that call `work` with their number and how many there are; returns a function that ends them.

    There are as many as cores are left, at most `most`, and none where a copy of this process does not work. Nothing travels back, so
    `work` is for what helps through files, and may end at any point.
    """
    number = min(usable_cores() - 1, most) if _can_fork() else 0
    started = [_start(partial(work, position, number)) for position in range(number)]
    helpers = [_Child(*one) for one in started if one is not None]

    def stop() -> None:
        while helpers:
            helpers.pop().stop()

    return stop


def _can_fork() -> bool:
    """Whether a copy of this process works: systems other than Linux change threads and libraries behind Python's back."""
    threading = sys.modules.get("threading")
    return sys.platform == "linux" and (threading is None or threading.active_count() == 1)


def _start(compute: Callable[[], object]) -> tuple[int, int] | None:
    """The ID of a child process, and the pipe with its answer; None if the system refuses."""
    try:
        ours, theirs = os.pipe()
    except OSError:
        return None
    try:
        pid = os.fork()
    except OSError:
        os.close(ours)
        os.close(theirs)
        return None
    if pid == 0:
        _answer_and_exit(compute, ours, theirs)
    os.close(theirs)
    return pid, ours


def _answer_and_exit(compute: Callable[[], object], ours: int, theirs: int) -> NoReturn:
    """Send the value of `compute` and end this process, without running what the parent has registered for its own end."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # on Ctrl-C, only the parent says something
        os.close(ours)
        content = pickle.dumps((compute(), added_here()))
        with open(theirs, "wb") as pipe:
            pipe.write(content)
        code = 0
    except BaseException:  # whatever it is, the parent computes the value again and meets it
        code = 1
    finally:
        os._exit(code)


class _Child:
    """A child process with one answer."""

    def __init__(self, pid: int, pipe: int) -> None:
        self._pid: int | None = pid
        self._pipe = pipe

    def answer(self, compute: Callable[[], Value]) -> Value:
        """What the child computed; computed here if it failed."""
        with open(self._pipe, "rb", closefd=False) as pipe:
            content = pipe.read()
        if self._wait() != 0:
            return compute()
        value, added = pickle.loads(content)  # from a copy of this process
        add_from(added)
        found: Value = value
        return found

    def stop(self) -> None:
        """End the child if it is still running."""
        os.close(self._pipe)
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            self._wait()

    def _wait(self) -> int:
        """The exit status of the child; not zero if it is not known."""
        assert self._pid is not None
        pid, self._pid = self._pid, None
        try:
            return os.waitpid(pid, 0)[1]
        except ChildProcessError:
            return 1
