"""Reads files that must be inside of a project's folder."""

from __future__ import annotations

import errno
from pathlib import Path

MAX_BYTES = 4 * 1024 * 1024
LOOP = "it is a symbolic link that leads to itself"


class UnreadableError(Exception):
    """A file cannot be read; the text says why."""


def read_below(root: Path, name: str, most: int = MAX_BYTES) -> str:
    """The text of a file in the folder `root`, with line endings as `\\n`. Raises UnreadableError, also above `most` bytes."""
    file = file_below(root, name, most)
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is not valid UTF-8") from None
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None


def file_below(root: Path, name: str, most: int) -> Path:
    """The resolved path of a regular file in the folder `root`. Raises UnreadableError, also above `most` bytes."""
    try:
        file = _real_path(root / name)
        if not file.is_relative_to(_real_path(root)):
            raise UnreadableError("it is outside of the model's folder")
        if not file.is_file():
            raise UnreadableError("it is not a regular file")
        if file.stat().st_size > most:
            raise UnreadableError(f"it is larger than {most // 1024 // 1024} MiB")
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None
    return file


def _real_path(path: Path) -> Path:
    """The path with symbolic links resolved. Raises UnreadableError, and OSError if the file does not exist."""
    try:
        return path.resolve(strict=True)
    except RuntimeError:  # a loop of links in Python before 3.13
        raise UnreadableError(LOOP) from None
    except ValueError:
        raise UnreadableError("its name contains a null character") from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnreadableError(LOOP) from None
        raise
