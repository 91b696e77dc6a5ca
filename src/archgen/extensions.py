"""The name of a package of archgen in, the modules that installed packages add to it out, by their entry points."""

from __future__ import annotations

import importlib.metadata
from functools import cache
from types import ModuleType


class ExtensionError(Exception):
    """An installed extension that cannot be loaded; the text says which, and why."""


@cache
def extensions(package: str) -> tuple[tuple[str, ModuleType], ...]:
    """What installed packages declare under the entry point group `archgen.<package>`: names and modules, sorted by name.

    Raises ExtensionError.
    """
    found = []
    for entry in sorted(importlib.metadata.entry_points(group=f"archgen.{package}"), key=lambda entry: entry.name):
        try:
            module = entry.load()
        except Exception as error:  # whatever somebody else's module raises while it is imported
            raise ExtensionError(f"the extension {entry.value} ({entry.group}): {error}") from None
        if not isinstance(module, ModuleType):
            raise ExtensionError(f"the extension {entry.value} ({entry.group}) names no module")
        found.append((entry.name, module))
    return tuple(found)
