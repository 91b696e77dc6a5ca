"""A path that a person named and bytes in; that file out. A regular file appears whole or not at all, and everything else is written
through: a device, a pipe, a descriptor, the file that a link leads to.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

LINKS = 40  # as many as Linux follows
# Where a folder may not be written to, or a file is mounted on its own, its content can still be replaced.
NO_RENAME = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV)
_DESCRIPTOR = re.compile(rf"/dev/fd/(\d+)|/proc/(?:self|thread-self|{os.getpid()})/fd/(\d+)")
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}


class UnwritableError(Exception):
    """A file that cannot be written; the text names it and says why."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"cannot write {path}: {why}")


def write_one(path: Path, content: bytes, *, folder: bool = False) -> bool:
    """Write a file that a person named, or with `folder` one in a folder that a person named, which is made. Returns whether it is a
    regular file, which stays. The permissions of an existing file are kept. Raises UnwritableError, and BrokenPipeError where a
    reader has left."""
    try:
        if folder:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.resolve().is_relative_to(path.parent.resolve()):
                raise UnwritableError(path, "it is a link that leads out of the folder")
        return _write(path, content)
    except BrokenPipeError:
        raise
    except FileNotFoundError as error:
        missing = not path.parent.exists()
        raise UnwritableError(path, f"there is no folder {path.parent}" if missing else str(error.strerror)) from None
    except OSError as error:
        raise UnwritableError(path, error.strerror or str(error)) from None


def write_in_project(root: Path, name: str, content: bytes) -> None:
    """Write a file that a person keeps in a project. A link is followed as long as it stays in the project. Raises UnwritableError."""
    target = Path(os.path.realpath(root / name))
    if not is_own_place(root, target):
        raise UnwritableError(name, "it leads out of the project through a link; make it a real file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(name, error.strerror or str(error)) from None
    write_one(target, content)


def is_own_place(root: Path, target: Path) -> bool:
    """Whether a path without links lies in a project, and not in what is Git's."""
    top = Path(os.path.realpath(root))
    return target.is_relative_to(top) and ".git" not in (part.lower() for part in target.relative_to(top).parts)


def _write(path: Path, content: bytes) -> bool:
    descriptor = _descriptor(path)
    if descriptor is not None:
        _through(descriptor, content)
        return False
    try:
        status = path.stat()
    except FileNotFoundError:
        _replace(Path(os.path.realpath(path)), content, None)
        return True
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISREG(status.st_mode):
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        try:
            _replace(Path(os.path.realpath(path)), content, status)
        except OSError as error:
            if error.errno not in NO_RENAME:
                raise
        else:
            return True
    with path.open("wb", buffering=0) as stream:
        _through(stream.fileno(), content)
    return stat.S_ISREG(status.st_mode)


def _descriptor(path: Path) -> int | None:
    """The open descriptor that a path names: it must not be opened anew, which would write over what went through it before."""
    place = path.absolute()
    for _link in range(LINKS):
        name = os.path.normpath(place)
        if name in _STREAMS:
            return _STREAMS[name]
        if found := _DESCRIPTOR.fullmatch(name):
            return int(found[1] or found[2])
        try:
            place = place.parent / place.readlink()
        except OSError:  # no link
            return None
    return None


def _through(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _replace(target: Path, content: bytes, old: os.stat_result | None) -> None:
    """Write beside the target, then move there. The new file has the permissions and, where we may, the owner of the old one."""
    temporary = target.with_name(f".archgen-{os.urandom(6).hex()}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        if old is not None:
            if hasattr(os, "chown"):
                with suppress(OSError):
                    os.chown(temporary, old.st_uid, old.st_gid)
            temporary.chmod(stat.S_IMODE(old.st_mode))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
