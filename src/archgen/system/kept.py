"""What archgen keeps between runs, because making it takes longer than validating a model: what its YAML files and catalog say, compiled
templates, and the schemas of its classes.

It is kept in the folder where Python keeps compiled modules, as trusted as those, and written only if Python writes them. A key is the
checksum of everything that decides the value: a text, and the modules that read it. Without the files everything works as with them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from archgen.system.outfile import UnwritableError, write_one

Value = TypeVar("Value")

MAX_ENTRIES = 4000  # beyond it, what this run did not use is dropped
MAX_BYTES = 64 * 2**20
_CHECKSUM = 32  # bytes of SHA-256 in front of the entries


class Kept:
    """Values by key in one file. They consist of what Python can marshal: texts, numbers, lists, mappings and code."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._entries: dict[bytes, object] | None = None
        self._added: set[bytes] = set()
        self._used: set[bytes] = set()

    def find(self, key: bytes) -> object | None:
        """The value of a key; None if there is none. Callers must not change it."""
        if self._entries is None:
            self._entries = self._load()
        self._used.add(key)
        return self._entries.get(key)

    def add(self, key: bytes, value: Any) -> None:
        """Keep a value, if Python can marshal it."""
        if self.find(key) is None and self._entries is not None:
            with suppress(ValueError):
                marshal.dumps(value)
                self._entries[key] = value
                self._added.add(key)

    def get(self, key: bytes, make: Callable[[], Value]) -> Value:
        """The value of a key, made if there is none. Callers must not change it. What `make` raises is raised, and nothing is kept."""
        found = self.find(key)
        if found is None:
            found = make()
            self.add(key, found)
        return found  # type: ignore[return-value]  # what was kept under the key is what `make` returned in another run

    def save(self) -> None:
        """Write the file if there is more to keep than in it."""
        if not self._added or self._entries is None or self._file is None or sys.dont_write_bytecode:
            return
        self._added = set()
        kept = self._used if len(self._entries) > MAX_ENTRIES else self._entries.keys()
        content = marshal.dumps({key: self._entries[key] for key in sorted(kept) if key in self._entries})
        with suppress(UnwritableError, OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_one(self._file, hashlib.sha256(content).digest() + content)

    def added_here(self) -> tuple[bytes, set[bytes]]:
        """What was added in this process, marshaled, and the keys that it used: for add_from() in another process."""
        entries = self._entries or {}
        return marshal.dumps({key: entries[key] for key in sorted(self._added)}), self._used

    def add_from(self, added: tuple[bytes, set[bytes]]) -> None:
        """Add what added_here() returned in a child process."""
        for key, value in marshal.loads(added[0]).items():
            self.add(key, value)
        self._used |= added[1]

    def _load(self) -> dict[bytes, object]:
        """The entries in the file; none if it does not exist or is damaged."""
        try:
            if self._file is None or self._file.stat().st_size > MAX_BYTES:
                return {}
            content = self._file.read_bytes()
        except OSError:
            return {}
        if hashlib.sha256(content[_CHECKSUM:]).digest() != content[:_CHECKSUM]:
            return {}
        entries: dict[bytes, object] = marshal.loads(content[_CHECKSUM:])  # as trusted as compiled modules
        return entries


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


def save_all() -> None:
    """Write what was made in this run."""
    DATA.save()
    CODE.save()


def added_here() -> list[tuple[bytes, set[bytes]]]:
    """What this process has added to the values that are kept, for add_from() in its parent."""
    return [kept.added_here() for kept in (DATA, CODE)]


def add_from(added: list[tuple[bytes, set[bytes]]]) -> None:
    """Add what added_here() returned in a child process."""
    for kept, its in zip((DATA, CODE), added, strict=True):
        kept.add_from(its)
