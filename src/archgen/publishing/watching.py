"""Notices changes of the files that a build reads."""

from __future__ import annotations

import posixpath
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

LOOK_EVERY = 0.1  # seconds between two scans of the files
# Inputs of a build besides the model, and the outputs among them, which do not count.
WATCHED = ("templates", "docs", "rules", "bindings", "mkdocs.yml", "reviews.yaml", "comparisons.json")
MADE = ("docs/index.md", "docs/architecture")

Look = dict[str, tuple[int, int]]  # modification time in nanoseconds and size in bytes, by the path of a file


def watched(root: Path, model_files: Iterable[str]) -> Look:
    """Modification time in nanoseconds and size in bytes of every file that a build reads, by path from `root`."""
    stats: Look = {}
    for name in (*model_files, *WATCHED):
        for file in _files(root / name, root):
            try:
                stat = file.stat()
            except OSError:
                continue
            if file.is_file():
                stats[posixpath.relpath(file.as_posix(), root.as_posix())] = (stat.st_mtime_ns, stat.st_size)
    return stats


def _files(path: Path, root: Path) -> list[Path]:
    """A file, or what is in a folder, without the files that a build makes."""
    if posixpath.relpath(path.as_posix(), root.as_posix()) in MADE:
        return []
    if not path.is_dir() or path.is_symlink():
        return [path]
    try:
        entries = sorted(path.iterdir())
    except OSError:  # it is being deleted, or may not be read
        return []
    return [file for entry in entries for file in _files(entry, root)]


class Watch:
    """The files that a build reads, as they were when they were last looked at.

    `read_names` reads which files belong to the model. That takes longer than a look, so it is done only after a change.
    """

    def __init__(self, root: Path, read_names: Callable[[], Iterable[str]]) -> None:
        self._root, self._read_names = root, read_names
        self._names = tuple(read_names())
        self._before = watched(root, self._names)
        self._previous: Look = {}

    def has_changed(self) -> bool:
        """Whether a file has changed since `take`."""
        return watched(self._root, self._names) != self._before

    def take(self) -> list[str]:
        """The names of the files that have changed since the last call, sorted."""
        before, self._names = self._before, tuple(self._read_names())
        self._before = now = watched(self._root, self._names)
        self._previous = before
        return sorted(name for name in {*now, *before} if now.get(name) != before.get(name))

    def give_back(self) -> None:
        """Count what the last call of `take` returned as changed again, or all files if there was none: nothing was built from them."""
        self._before = self._previous


def follow(watch: Watch, changed: Callable[[list[str], float], None], stopped: threading.Event) -> None:
    """Call `changed` with the names of changed files and the time at which that was noticed, until stopped.

    A file that is saved during a build is noticed by the next look.
    """
    while not stopped.wait(LOOK_EVERY):
        if watch.has_changed():
            since = time.perf_counter()
            if names := watch.take():
                changed(names, since)
