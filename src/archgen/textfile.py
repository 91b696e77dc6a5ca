"""A path below a project's folder in, the text of that file out, or what is wrong with it."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 4 * 1024 * 1024


class UnreadableError(Exception):
    """A file that cannot be read; the text says why."""


def read_below(root: Path, name: str) -> str:
    """The text of a file that lies below a folder, with line ends as `\\n`. Raises UnreadableError."""
    file = root / name
    try:
        if not file.resolve().is_relative_to(root.resolve()):
            raise UnreadableError("it lies outside the model's folder")
        if file.stat().st_size > MAX_BYTES:
            raise UnreadableError(f"it is larger than {MAX_BYTES // 1024 // 1024} MiB")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is no UTF-8") from None
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from None
