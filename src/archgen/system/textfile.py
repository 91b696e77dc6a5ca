"""A path below a project's folder in, that file or its text out, or what is wrong with it."""

from __future__ import annotations

import errno
from pathlib import Path

MAX_BYTES = 4 * 1024 * 1024
LOOP = "it is a symbolic link that leads to itself"


class UnreadableError(Exception):
    """A file that cannot be read; the text says why."""


def read_below(root: Path, name: str, most: int = MAX_BYTES) -> str:
    """The text of a file of at most so many bytes that lies below a folder, with line ends as `\\n`. Raises UnreadableError."""
    file = file_below(root, name, most)
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is no UTF-8") from None
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None


def file_below(root: Path, name: str, most: int) -> Path:
    """Where a file below a folder really is, a regular one of at most so many bytes. Raises UnreadableError."""
    try:
        file = _resolved(root / name)
        if not file.is_relative_to(_resolved(root)):
            raise UnreadableError("it lies outside the model's folder")
        if not file.is_file():
            raise UnreadableError("it is no regular file")
        if file.stat().st_size > most:
            raise UnreadableError(f"it is larger than {most // 1024 // 1024} MiB")
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None
    return file


def _resolved(path: Path) -> Path:
    """Where a file really is. Raises UnreadableError, and OSError where it is nowhere."""
    try:
        return path.resolve(strict=True)
    except RuntimeError:  # how Python before 3.13 says it
        raise UnreadableError(LOOP) from None
    except ValueError:  # a name with a null character
        raise UnreadableError("no file has such a name") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnreadableError(LOOP) from None
        raise
