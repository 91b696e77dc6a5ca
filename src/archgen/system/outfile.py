"""Writes a file that a person named. Regular files are replaced in one step, so they are never half-written; devices, pipes and open
descriptors are written to directly, and symbolic links are followed.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

LINKS = 40  # Linux follows as many
# Errors of a rename after which the file can still be overwritten in place: the folder is read-only, or the file is a mount point.
NO_RENAME = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV)
_DESCRIPTOR = re.compile(rf"/dev/fd/(\d+)|/proc/(?:self|thread-self|{os.getpid()})/fd/(\d+)")
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}


class UnwritableError(Exception):
    """A file cannot be written; the text names it and says why."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"cannot write {path}: {why}")


def write_one(path: Path, content: bytes, *, folder: bool = False) -> bool:
    """Write a file that a person named. Returns whether it is a regular file. The permissions of an existing file are kept.

    With `folder`, the person named the folder of the file: it is created, and the file must not be a link out of it.
    Raises UnwritableError, and BrokenPipeError if the reader of a pipe has exited.
    """
    try:
        if folder:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.resolve().is_relative_to(path.parent.resolve()):
                raise UnwritableError(path, "it is a symbolic link that leads out of the folder")
        return _write(path, content)
    except BrokenPipeError:
        raise
    except FileNotFoundError as error:
        missing = not path.parent.exists()
        raise UnwritableError(
            path, f"the folder {path.parent} does not exist" if missing else str(error.strerror)
        ) from None
    except OSError as error:
        raise UnwritableError(path, error.strerror or str(error)) from None


def write_in_project(root: Path, name: str, content: bytes) -> None:
    """Write a file that belongs to a person, in a project. Symbolic links are followed within the project. Raises UnwritableError."""
    target = Path(os.path.realpath(root / name))
    if not is_own_place(root, target):
        raise UnwritableError(name, "it leads out of the project through a symbolic link; replace the link with a file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(name, error.strerror or str(error)) from None
    write_one(target, content)


def is_own_place(root: Path, target: Path) -> bool:
    """Whether a resolved path is in the project, and not in its `.git` folder."""
    top = Path(os.path.realpath(root))
    return target.is_relative_to(top) and ".git" not in (part.lower() for part in target.relative_to(top).parts)


def _write(path: Path, content: bytes) -> bool:
    descriptor = _descriptor(path)
    if descriptor is not None:
        _write_all(descriptor, content)
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
        _write_all(stream.fileno(), content)
    return stat.S_ISREG(status.st_mode)


def _descriptor(path: Path) -> int | None:
    """The open descriptor that a path names, or None. Opening the path again would overwrite what was already written through it."""
    place = path.absolute()
    for _link in range(LINKS):
        name = os.path.normpath(place)
        if name in _STREAMS:
            return _STREAMS[name]
        if found := _DESCRIPTOR.fullmatch(name):
            return int(found[1] or found[2])
        try:
            place = place.parent / place.readlink()
        except OSError:  # not a symbolic link
            return None
    return None


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _replace(target: Path, content: bytes, old: os.stat_result | None) -> None:
    """Write a temporary file next to the target, and rename it. It gets the permissions and, if possible, the owner of the old file."""
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
