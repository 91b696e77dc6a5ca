"""A project's folder in, archgen's own folder `.archgen/` in it out: who builds there now, and where finished files wait for their place.

What a killed build has left is cleared away by the next one: while it holds the lock, nobody else's stage can be in use.
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

STATE = ".archgen"
COMMITTED_MANIFEST, GENERATED_MANIFEST = f"{STATE}/committed.json", f"{STATE}/generated.json"
MANIFESTS = {True: COMMITTED_MANIFEST, False: GENERATED_MANIFEST}
LOCK, HOLDER = f"{STATE}/lock", f"{STATE}/holder"
SITES = ("site", "site-public")  # the folders that are put in place by two renames


class BusyError(Exception):
    """Another build runs in the project; the text says whose."""


class StateError(Exception):
    """archgen's own folder cannot be used; `subject` is what is wrong, the text says why."""

    def __init__(self, subject: str, why: str) -> None:
        super().__init__(why)
        self.subject = subject


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Nobody else writes in the project meanwhile. The lock is the operating system's: it goes with the process, however that ends.

    Raises BusyError, which names the holder, and StateError.
    """
    _make(root)
    lock, holder = FileLock(root / LOCK), root / HOLDER
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(_said(holder) or "another process") from None
    except OSError as error:
        raise StateError(LOCK, f"it cannot be written: {error.strerror or error}") from None
    try:
        _sweep(root)
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        try:
            holder.write_text(f"process {os.getpid()} on {platform.node()}, since {now}\n", encoding="utf-8")
        except OSError as error:
            raise StateError(HOLDER, f"it cannot be written: {error.strerror or error}") from None
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """A folder of our own on the same disk, gone afterwards whatever happens. Raises OSError, and StateError."""
    _make(root)
    stage = Path(tempfile.mkdtemp(prefix="stage-", dir=root / STATE))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def swap(new: Path, target: Path, stage: Path) -> None:
    """Put a finished folder in the place of another in two renames; the old one goes with the stage."""
    if target.exists():
        target.replace(stage / f"old-{target.name}")
    new.replace(target)


def put(content: bytes, target: Path, stage: Path) -> None:
    """Put a file in its place in one rename. Raises OSError."""
    finished = stage / f"new-{target.name}"
    finished.write_bytes(content)
    finished.replace(target)


def _make(root: Path) -> None:
    """The folder, made when it is not there. Nothing in it is reached through a link, which could lead anywhere."""
    for name in (STATE, LOCK, HOLDER, *MANIFESTS.values()):
        if (root / name).is_symlink():
            raise StateError(name, "it is a link, which archgen does not write through; delete it")
    try:
        (root / STATE).mkdir(exist_ok=True)
    except OSError as error:
        raise StateError(STATE, f"it cannot be made: {error.strerror or error}") from None


def _sweep(root: Path) -> None:
    """Clear away what killed builds left. A site that one had just taken from its place goes back there."""
    for left in sorted((root / STATE).glob("stage-*")):
        if left.is_symlink():
            left.unlink()
            continue
        for name in SITES:
            old = left / f"old-{name}"
            if old.is_dir() and not old.is_symlink() and not os.path.lexists(root / name):
                old.replace(root / name)
        shutil.rmtree(left, ignore_errors=True)


def _said(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
