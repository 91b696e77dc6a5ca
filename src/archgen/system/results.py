"""Results that are kept between runs in the user's cache folder, such as converted pages, because making them takes most of a build.

Each result is a file named by its key, which is the checksum of everything that decides the result. So entries never have to be
invalidated, projects share them, and several runs can use the folder at once. Without the folder everything works as with it.

The folder is never inside a project, where a pull request could change what a build publishes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from archgen.records import dataclass

VARIABLE = "ARCHGEN_CACHE"  # the folder; "off" if nothing is to be kept
MAX_BYTES = 256 * 2**20
_ENOUGH = MAX_BYTES * 3 // 4  # the size after the oldest results have been deleted
_CHECKSUM = 32  # bytes of SHA-256 in front of a result
_NAME = re.compile(r"[0-9a-f]{62}|tmp\w+\.new")  # of a result, and of one that a run was writing when it ended


@dataclass(frozen=True, slots=True)
class Usage:
    """How many results a folder has, and their size in bytes."""

    results: int
    size: int


class Results:
    """Values of JSON by key. Values that cannot be read or written are as if they had not been kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._has_grown = False

    def find(self, key: str) -> Any:
        """The value of a key; None if there is none."""
        if self.folder is None:
            return None
        file = self._file(self.folder, key)
        try:
            content = file.read_bytes()
            os.utime(file)  # the oldest are deleted first
        except OSError:
            return None
        if hashlib.sha256(content[_CHECKSUM:]).digest() != content[:_CHECKSUM]:
            return None
        return json.loads(content[_CHECKSUM:])

    def keep(self, key: str, value: object) -> None:
        """Keep a value, in one step, so that other runs never see half of it."""
        if self.folder is None:
            return
        content = json.dumps(value, separators=(",", ":")).encode()
        file = self._file(self.folder, key)
        with suppress(OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(file, hashlib.sha256(content).digest() + content)
            self._has_grown = True

    def tidy(self) -> None:
        """Delete the results that were not used for the longest time, if this run has added some and there are too many."""
        if self._has_grown and self.folder is not None:
            self._has_grown = False
            _delete_oldest(self.folder)

    def usage(self) -> Usage:
        """How much is kept."""
        sizes = [size for _used, size, _file in _entries(self.folder)]
        return Usage(len(sizes), sum(sizes))

    def clear(self) -> Usage:
        """Delete all results; returns how many there were. Raises OSError."""
        before = self.usage()
        if self.folder is not None:
            for _used, _size, file in _entries(self.folder):
                file.unlink(missing_ok=True)
            for shard in _shards(self.folder):
                with suppress(OSError):  # files of others are in it
                    shard.rmdir()
        return before

    @staticmethod
    def _file(folder: Path, key: str) -> Path:
        return folder / key[:2] / key[2:]


def key_of_parts(*parts: object) -> str:
    """The key of a result that the parts decide. They consist of what JSON can express. Raises TypeError."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def users_results() -> Results:
    """The results in the user's cache folder, or in the one that the environment variable ARCHGEN_CACHE names."""
    return _results_in(os.environ.get(VARIABLE, ""))


@cache
def _results_in(named: str) -> Results:
    if named == "off":
        return Results(None)
    return Results(Path(named).absolute() if named else _cache_folder())


def _cache_folder() -> Path | None:
    """Where the operating system keeps caches of this user; None if the user has no such place."""
    from platformdirs import user_cache_path  # imported late: only builds need it

    with suppress(OSError, RuntimeError):
        folder = user_cache_path("archgen", appauthor=False)
        return folder / "results" if folder.is_absolute() else None
    return None


def _replace(file: Path, content: bytes) -> None:
    """Write a file by renaming. It is not flushed to the disk: after a crash, its checksum tells."""
    import tempfile  # here, because it takes as long to load as reading all results for `archgen validate`

    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".new", delete=False) as stream:
        new = Path(stream.name)
        try:
            stream.write(content)
            stream.close()
            new.replace(file)
        except OSError:
            new.unlink(missing_ok=True)
            raise


def _shards(folder: Path) -> list[Path]:
    """The folders of results, which are named by two digits, as folders of others may be, such as `de`."""
    with suppress(OSError):
        digits = set("0123456789abcdef")
        return sorted(p for p in folder.iterdir() if len(p.name) == 2 and set(p.name) <= digits and not p.is_symlink())
    return []


def _entries(folder: Path | None) -> Iterator[tuple[int, int, Path]]:
    """When each result was last used, its size, and its file. Other files are left alone: the user may name any folder."""
    for shard in _shards(folder) if folder is not None else []:
        with suppress(OSError):
            for file in sorted(shard.iterdir()):
                with suppress(OSError):  # another run has deleted it
                    if not _NAME.fullmatch(file.name):
                        continue
                    facts = file.stat()
                    yield facts.st_mtime_ns, facts.st_size, file


def _delete_oldest(folder: Path) -> None:
    entries = sorted(_entries(folder))
    total = sum(size for _used, size, _file in entries)
    if total <= MAX_BYTES:
        return
    for _used, size, file in entries:
        if total <= _ENOUGH:
            return
        with suppress(OSError):
            file.unlink()
            total -= size
