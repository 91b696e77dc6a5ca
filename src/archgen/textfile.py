"""A path below a project's folder in, that file or its text out, or what is wrong with it."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 4 * 1024 * 1024


class UnreadableError(Exception):
    """A file that cannot be read; the text says why."""


def read_below(root: Path, name: str) -> str:
    """The text of a file that lies below a folder, with line ends as `\\n`. Raises UnreadableError."""
    file = file_below(root, name, MAX_BYTES)
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is no UTF-8") from None
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None


def file_below(root: Path, name: str, most: int) -> Path:
    """Where a file below a folder really is, a regular one of at most so many bytes. Raises UnreadableError."""
    try:
        file = (root / name).resolve(strict=True)
        if not file.is_relative_to(root.resolve()):
            raise UnreadableError("it lies outside the model's folder")
        if not file.is_file():
            raise UnreadableError("it is no regular file")
        if file.stat().st_size > most:
            raise UnreadableError(f"it is larger than {most // 1024 // 1024} MiB")
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None
    return file
