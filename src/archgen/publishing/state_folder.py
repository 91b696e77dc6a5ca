"""The folder `.archgen/` of a project: the lock of the running build, and stages, which hold files until they are moved into place.

A build removes the stages that killed builds left behind. That is safe while it holds the lock, since no other stage can be in use.
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

STATE = ".archgen"
COMMITTED_MANIFEST, GENERATED_MANIFEST = f"{STATE}/committed.json", f"{STATE}/generated.json"
MANIFESTS = {True: COMMITTED_MANIFEST, False: GENERATED_MANIFEST}
LOCK, HOLDER = f"{STATE}/lock", f"{STATE}/holder"
SITES = ("site", "site-public")  # the folders that are replaced by two renames


# The last lock that was released. It is kept because Ctrl-C while an object is destroyed cannot be handled, and prints a traceback.
_RELEASED: deque[FileLock] = deque(maxlen=1)


class BusyError(Exception):
    """Another build is running in the project; the text says which process it is."""


class StateError(Exception):
    """The folder `.archgen/` cannot be used; `subject` is the path that is wrong, the text says why."""

    def __init__(self, subject: str, why: str) -> None:
        super().__init__(why)
        self.subject = subject


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold the project's lock. The operating system releases it when the process ends, however that happens.

    Raises BusyError, which names the process that holds it, and StateError.
    """
    _make(root)
    lock, holder = FileLock(root / LOCK), root / HOLDER
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(_text(holder) or "another process") from None
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
        _RELEASED.append(lock)


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """A temporary folder on the same disk as the project, deleted afterwards. Raises OSError and StateError."""
    _make(root)
    stage = Path(tempfile.mkdtemp(prefix="stage-", dir=root / STATE))
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def swap(new: Path, target: Path, stage: Path) -> None:
    """Replace a folder by a finished one with two renames; the old one is deleted with the stage."""
    if target.exists():
        target.replace(stage / f"old-{target.name}")
    new.replace(target)


def put(content: bytes, target: Path, stage: Path) -> None:
    """Write a file with one rename, so that it is never half-written. Raises OSError."""
    finished = stage / f"new-{target.name}"
    finished.write_bytes(content)
    finished.replace(target)


def _make(root: Path) -> None:
    """Create the folder if it does not exist. Raises StateError if something in it is a symbolic link, which could lead anywhere."""
    for name in (STATE, LOCK, HOLDER, *MANIFESTS.values()):
        if (root / name).is_symlink():
            raise StateError(name, "it is a symbolic link, which archgen does not follow; delete it")
    try:
        (root / STATE).mkdir(exist_ok=True)
    except OSError as error:
        raise StateError(STATE, f"it cannot be created: {error.strerror or error}") from None


def _sweep(root: Path) -> None:
    """Delete the stages of killed builds. If one was killed between the two renames of `swap`, put its old site back."""
    for left in sorted((root / STATE).glob("stage-*")):
        if left.is_symlink():
            left.unlink()
            continue
        for name in SITES:
            old = left / f"old-{name}"
            if old.is_dir() and not old.is_symlink() and not os.path.lexists(root / name):
                old.replace(root / name)
        shutil.rmtree(left, ignore_errors=True)


def _text(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
