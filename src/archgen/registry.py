"""Finds what kinds/, rules/, views/ and artifacts/ hold, by scanning them: no list has to be kept anywhere.

Installed packages add modules of their own under the entry point groups `archgen.kinds`, `archgen.rules`, `archgen.views` and
`archgen.artifacts`.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any


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


@cache
def modules(package: str) -> tuple[ModuleType, ...]:
    """The modules of a package of archgen in order of name, then those that installed packages add."""
    root = importlib.import_module(f"archgen.{package}")
    names = sorted(module.name for module in pkgutil.iter_modules(root.__path__) if not module.name.startswith("_"))
    own = tuple(importlib.import_module(f"archgen.{package}.{name}") for name in names)
    return own + tuple(module for _name, module in extensions(package))


def names(package: str) -> tuple[str, ...]:
    """What the modules of a package are called, without reading archgen's own ones."""
    folder = Path(__file__).parent / package
    own = sorted(module.name for module in pkgutil.iter_modules([str(folder)]) if not module.name.startswith("_"))
    return (*own, *(name_of(module) for _name, module in extensions(package)))


def subclasses(package: str, base: type) -> Iterator[type[Any]]:
    """The classes under `base` that the package's modules define, in order of their module."""
    for module in modules(package):
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, base)
                and value.__module__ == module.__name__
                and value is not base
            ):
                yield value


def name_of(module: ModuleType) -> str:
    """What a module is called, without the packages around it."""
    return module.__name__.rpartition(".")[2]


def functions(package: str, name: str) -> Iterator[tuple[ModuleType, Callable[..., Any]]]:
    """Each module of the package that has a function of this name, with the function."""
    for module in modules(package):
        function = getattr(module, name, None)
        if callable(function):
            yield module, function
