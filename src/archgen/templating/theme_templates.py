"""Lets the environment of a theme of the site neither compile templates again in each run nor list the theme's icons.

Compiled templates are kept as `render.py` keeps archgen's: beside its compiled modules, and only those of installed themes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from jinja2.bccache import Bucket, BytecodeCache

from archgen.system.kept import CODE, key_of

IsInstalled = Callable[[Path], bool]


def make_quick(
    environment: Environment, folders: Sequence[str], is_installed: IsInstalled, makers: Sequence[str]
) -> None:
    """Change the environment of a theme with these folders. `is_installed` tells whether a file belongs to a package with a theme.

    `makers` are the modules that make the environment. Code of a project could tell the difference: hidden files are not listed.
    """
    environment.loader = _VisibleTemplates(folders)
    environment.bytecode_cache = _CompiledThemes(environment, is_installed, makers)


class _VisibleTemplates(FileSystemLoader):
    """The templates in the folders of a theme."""

    def list_templates(self) -> list[str]:
        """The names of all templates, sorted, without those that are hidden or in hidden folders, which no site publishes."""
        return sorted({name for folder in self.searchpath for name in _visible(Path(folder))})


def _visible(folder: Path) -> Iterator[str]:
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(at, name).relative_to(folder).as_posix() for name in names if not name.startswith("."))


class _CompiledThemes(BytecodeCache):
    """Compiled templates of themes that come as packages."""

    def __init__(self, environment: Environment, is_installed: IsInstalled, makers: Sequence[str]) -> None:
        self._names = " ".join([*sorted(environment.filters), *sorted(environment.tests), *environment.extensions])
        self._is_installed = is_installed
        self._makers = ("jinja2", "markupsafe", __name__, *makers)  # they decide what code a template becomes
        self._known: dict[str, str] = {}  # the file of each template that may be kept, by the key of its bucket

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The key of a template's code."""
        key = super().get_cache_key(name, filename)
        if filename and self._is_installed(Path(filename)):
            self._known[key] = filename
        return key

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put the code into the bucket if it was compiled from the same text."""
        bucket.code = CODE.find(self._key(bucket)) if bucket.key in self._known else None  # type: ignore[assignment]

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a bucket."""
        if bucket.key in self._known:
            CODE.add(self._key(bucket), bucket.code)

    def _key(self, bucket: Bucket) -> bytes:
        # The code contains the name of the file, which messages state.
        return key_of(f"{bucket.checksum} {self._known[bucket.key]} {self._names}", *self._makers)
