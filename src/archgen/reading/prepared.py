"""What archgen's own YAML files say, kept between runs: reading them takes longer than validating a model.

It is kept as JSON in the folder where Python keeps compiled modules, and written only if Python writes those. An entry is found by the
checksum of the text and of the module that reads it, so it cannot be out of date. Without the file, everything works as with it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from archgen.system.outfile import UnwritableError, write_one

MAX_ENTRIES = 2000  # those of former versions are dropped beyond it
MAX_BYTES = 16 * 2**20


class Prepared:
    """Plain data by the text that it was read from, in a file."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._entries: dict[str, Any] | None = None
        self._added: set[str] = set()
        self._used: set[str] = set()

    def data(self, text: str, read: Callable[[str], Any]) -> Any:
        """What `read` returns for a text. Callers must not change it. What `read` raises is raised, and nothing is kept then."""
        if self._entries is None:
            self._entries = self._load()
        key = _key(text, read)
        self._used.add(key)
        if key not in self._entries:
            self._entries[key] = read(text)
            self._added.add(key)
        return self._entries[key]

    def save(self) -> None:
        """Write the file if there is more to keep than in it. Nothing is written where Python writes no compiled modules."""
        if not self._added or self._entries is None or self._file is None or sys.dont_write_bytecode:
            return
        kept = self._used if len(self._entries) > MAX_ENTRIES else self._entries.keys()
        entries = {key: self._entries[key] for key in sorted(kept) if self._keeps(key)}
        self._added = set()
        with suppress(UnwritableError, OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_one(self._file, json.dumps(entries, ensure_ascii=False).encode())

    def _load(self) -> dict[str, Any]:
        """The entries in the file; none if it does not exist or is damaged."""
        try:
            if self._file is None or self._file.stat().st_size > MAX_BYTES:
                return {}
            entries = json.loads(self._file.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return entries if isinstance(entries, dict) else {}

    def _keeps(self, key: str) -> bool:
        """Whether JSON gives an entry back as it is; a date, for example, would become text."""
        if key not in self._added or self._entries is None:
            return True
        try:
            return bool(json.loads(json.dumps(self._entries[key])) == self._entries[key])
        except (TypeError, ValueError):
            return False


def _key(text: str, read: Callable[[str], Any]) -> str:
    digest = hashlib.sha256(f"{_checksum(read)}\0{read.__qualname__}\0{text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


_CHECKSUMS: dict[str, str] = {}


def _checksum(read: Callable[[str], Any]) -> str:
    """The checksum of the modules that decide what a text says: that of the function, and the reader of YAML."""
    name = read.__module__
    if name not in _CHECKSUMS:
        modules = (name, "archgen.reading.yaml_tree", "yaml.constructor", "yaml.resolver")
        found = (getattr(sys.modules.get(module), "__file__", None) for module in modules)
        parts = [Path(file).read_bytes() if file and Path(file).is_file() else b"" for file in found]
        _CHECKSUMS[name] = hashlib.sha256(b"\0".join(parts)).hexdigest()
    return _CHECKSUMS[name]


def _beside_compiled_modules() -> Path | None:
    """Where Python keeps this module compiled, with another name; None if it has no such place."""
    with suppress(NotImplementedError, ValueError):
        return Path(importlib.util.cache_from_source(__file__)).with_suffix(".json")
    return None


PREPARED = Prepared(_beside_compiled_modules())
