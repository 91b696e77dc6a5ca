"""Folders that are made once per run of the tests, whatever the number of workers: the first to need one makes it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

State = dict[str, tuple[int, int]]


class Shared:
    """What the workers of one run share, and how it looked when this worker got it."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        base = factory.getbasetemp()
        self._root = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared"
        self._root.mkdir(exist_ok=True)
        self._seen: dict[Path, State] = {}

    def folder(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder of this name. `make` fills it, where no worker has done so yet; the others wait meanwhile."""
        folder = self._root / name
        with FileLock(self._root / f"{name}.lock"):
            if not folder.exists():
                unfinished = self._root / f"{name}.unfinished"
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
        self._seen.setdefault(folder, _state(folder))
        return folder

    def changed(self) -> list[str]:
        """The files that a test has added, changed or removed since this worker got their folder."""
        differing = []
        for folder, before in self._seen.items():
            now = _state(folder)
            differing += [f"{folder.name}/{name}" for name in before.keys() | now if before.get(name) != now.get(name)]
        return sorted(differing)


def _state(folder: Path) -> State:
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path.relative_to(folder).as_posix(): (stat.st_mtime_ns, stat.st_size) for path, stat in found.items()}
