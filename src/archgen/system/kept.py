"""What archgen keeps between runs, because making it takes longer than validating a model: what its YAML files and catalog say, syntax
trees of the expressions in them, compiled templates and conditions, and the schemas of its classes.

It is kept in the folder where Python keeps compiled modules, as trusted as those, and written only if Python writes them. A key is the
checksum of everything that decides the value: a text, and the modules that read it. Without the files everything works as with them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from archgen.system.outfile import UnwritableError, write_one

Value = TypeVar("Value")

MAX_ENTRIES = 4000  # beyond it, what this run did not use is dropped
MAX_BYTES = 64 * 2**20
_HEADER = 40  # bytes in front of the index: its SHA-256 and its length


class Kept:
    """Values by key in one file. They consist of what Python can marshal: texts, numbers, lists, mappings and code.

    The file begins with an index, so that a run reads only those values that it asks for, which takes a tenth of reading all.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._stored: Mapping[bytes, bytes] | None = None  # marshaled, as in the file
        self._values: dict[bytes, object] = {}
        self._added: dict[bytes, bytes] = {}  # marshaled
        self._used: set[bytes] = set()

    def find(self, key: bytes) -> object | None:
        """The value of a key; None if there is none. Callers must not change it."""
        self._used.add(key)
        if key not in self._values:
            if self._stored is None:
                self._stored = _Stored(self._file)
            content = self._stored.get(key)
            if content is None:
                return None
            self._values[key] = marshal.loads(content)  # as trusted as compiled modules
        return self._values[key]

    def add(self, key: bytes, value: Any) -> None:
        """Keep a value, if Python can marshal it. None cannot be kept."""
        if value is not None and self.find(key) is None:
            with suppress(ValueError):
                self._added[key] = marshal.dumps(value)
                self._values[key] = value

    def get(self, key: bytes, make: Callable[[], Value]) -> Value:
        """The value of a key, made if there is none. Callers must not change it. What `make` raises is raised, and nothing is kept."""
        found = self.find(key)
        if found is None:
            found = make()
            self.add(key, found)
        return found  # type: ignore[return-value]  # what was kept under the key is what `make` returned in another run

    def save(self) -> None:
        """Write the file if there is more to keep than in it."""
        if not self._added or self._stored is None or self._file is None or sys.dont_write_bytecode:
            return
        entries = {**self._stored, **self._added}
        if len(entries) > MAX_ENTRIES:
            entries = {key: content for key, content in entries.items() if key in self._used}
        self._stored, self._added = entries, {}
        with suppress(UnwritableError, OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_one(self._file, _with_index(entries))

    def added_here(self) -> tuple[dict[bytes, bytes], set[bytes]]:
        """What was added in this process, marshaled, and the keys that it used: for add_from() in another process."""
        return dict(sorted(self._added.items())), self._used

    def add_from(self, added: tuple[dict[bytes, bytes], set[bytes]]) -> None:
        """Add what added_here() returned in a child process."""
        for key, content in added[0].items():
            self.add(key, marshal.loads(content))
        self._used |= added[1]


class _Stored(Mapping[bytes, bytes]):
    """The marshaled values in a file; none if it does not exist, and none of those that are damaged.

    The file stays open, and of its megabytes only the index and the values that are asked for are read.
    """

    def __init__(self, file: Path | None) -> None:
        self._descriptor, self._content = _opened(file)
        head = self._read(0, _HEADER)
        index = self._read(_HEADER, min(int.from_bytes(head[32:], "little"), MAX_BYTES))
        intact = hashlib.sha256(index).digest() == head[:32]
        self._index: dict[bytes, tuple[bytes, int, int]] = marshal.loads(index) if index and intact else {}
        self._start = _HEADER + len(index)

    def __del__(
        self, close: Callable[[int], None] = os.close
    ) -> None:  # at the end of Python, there is no `os` any more
        if self._descriptor is not None:
            close(self._descriptor)

    def _read(self, start: int, length: int) -> bytes:
        """A part of the file, or of what was read of it. The position is stated, because another process may share the descriptor."""
        if self._descriptor is None:
            return self._content[start : start + length]
        with suppress(OSError):
            return os.pread(self._descriptor, length, start)
        return b""

    def __getitem__(self, key: bytes) -> bytes:
        checksum, start, length = self._index[key]
        content = self._read(self._start + start, length)
        if hashlib.sha256(content).digest() != checksum:
            raise KeyError(key)
        return content

    def __iter__(self) -> Iterator[bytes]:
        return (key for key in self._index if self.get(key) is not None)

    def __len__(self) -> int:
        return len(self._index)


def _opened(file: Path | None) -> tuple[int | None, bytes]:
    """The descriptor of a file, and its content where a system can only read all of it; None and empty if it cannot be used."""
    with suppress(OSError):
        if file is not None and file.stat().st_size <= MAX_BYTES:
            if hasattr(os, "pread"):
                return os.open(file, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)), b""
            return None, file.read_bytes()
    return None, b""


def _with_index(entries: Mapping[bytes, bytes]) -> bytes:
    """The content of a file with these entries."""
    index, start = {}, 0
    for key in sorted(entries):
        index[key] = hashlib.sha256(entries[key]).digest(), start, len(entries[key])
        start += len(entries[key])
    head = marshal.dumps(index)
    return hashlib.sha256(head).digest() + len(head).to_bytes(8, "little") + head + b"".join(entries[k] for k in index)


def key_of(text: str, *modules: str) -> bytes:
    """The key of what modules make of a text. The names of packages stand for all modules directly in them."""
    return hashlib.sha256(_checksum(modules) + text.encode("utf-8", "surrogatepass")).digest()


@cache
def _checksum(modules: tuple[str, ...]) -> bytes:
    """The checksum of the source of modules, whose files may be missing in an archive of Python."""
    digest = hashlib.sha256(importlib.util.MAGIC_NUMBER)
    for module in modules:
        spec = importlib.util.find_spec(module)
        file = Path(spec.origin) if spec and spec.origin else Path()
        for source in sorted(file.parent.glob("*.py")) if file.name == "__init__.py" else (file,):
            with suppress(OSError):
                digest.update(source.read_bytes())
    return digest.digest()


def _beside_compiled_modules(name: str) -> Path | None:
    """The file with this name where Python keeps this module compiled; None if it has no such place."""
    with suppress(NotImplementedError, ValueError):
        compiled = Path(importlib.util.cache_from_source(__file__))
        return compiled.with_name(f"{compiled.stem}.{name}")
    return None


DATA = Kept(_beside_compiled_modules("data"))
CODE = Kept(_beside_compiled_modules("code"))
# In another file, which a build reads: they are ten times the size of all that validating reads.
JSON_SCHEMAS = Kept(_beside_compiled_modules("schemas"))
_ALL = (DATA, CODE, JSON_SCHEMAS)


def save_all() -> None:
    """Write what was made in this run."""
    for kept in _ALL:
        kept.save()


def added_here() -> list[tuple[dict[bytes, bytes], set[bytes]]]:
    """What this process has added to the values that are kept, for add_from() in its parent."""
    return [kept.added_here() for kept in _ALL]


def add_from(added: list[tuple[dict[bytes, bytes], set[bytes]]]) -> None:
    """Add what added_here() returned in a child process."""
    for kept, its in zip(_ALL, added, strict=True):
        kept.add_from(its)
