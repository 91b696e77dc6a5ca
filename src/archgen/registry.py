"""Finding the modules of clouds/, kinds/, rules/, views/ and artifacts/ by scanning, and the extensions in installed packages.

Installed packages declare extensions as entry points. The groups `archgen.clouds`, `archgen.kinds`, `archgen.rules`,
`archgen.views` and `archgen.artifacts` name modules; `archgen.catalog`, `archgen.bindings` and `archgen.templates` name packages whose
folders have files.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from archgen.lazy import LazyMapping
from archgen.records import dataclass

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

MODULES = ("clouds", "kinds", "rules", "views", "artifacts")
FOLDERS = ("catalog", "bindings", "templates")
ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class ExtensionError(Exception):
    """An extension of an installed package that cannot be used, or a broken file of archgen.

    The message has the reason and `help` suggests a fix; `file` and `line` (1-based) are its place, if known.
    """

    def __init__(self, message: str, help_: str = "", file: str = "", line: int = 1) -> None:
        super().__init__(message)
        self.message, self.help, self.file, self.line = message, help_, file, line


@dataclass(frozen=True, slots=True)
class Part:
    """A module of archgen or of an installed package, with the id of what it adds; `package` is empty for archgen's modules."""

    id: str
    module: ModuleType
    package: str = ""

    @property
    def place(self) -> str:
        """Its name in messages, such as `acme.queue of the package acme-archgen`."""
        return f"{self.module.__name__} of the package {self.package}" if self.package else self.module.__name__

    @property
    def file(self) -> str:
        """The file of its module; empty if it has none."""
        return self.module.__file__ or ""

    def error(self, problem: str, help_: str = "", line: int = 1) -> ExtensionError:
        """An error about this module, located in its file."""
        return ExtensionError(f"{self.place}: {problem}", help_, self.file, line)

    def constant(self, name: str, type_: type, default: Any = None) -> Any:
        """A constant of its module, or `default`. Raises ExtensionError if it is missing or has another type."""
        value = getattr(self.module, name, default)
        if value is None:
            raise self.error(f"{name} is missing", f"add {name}, a {_WORDS[type_]}, to the module")
        if not isinstance(value, type_) or value == "":
            raise self.error(f"{name} must be a {_WORDS[type_]}, not {value!r}", f"set {name} to a {_WORDS[type_]}")
        return value

    def function(self, name: str, passing: type[Exception] = ExtensionError) -> Callable[..., Any] | None:
        """A function of its module; None if it has none.

        A function of an installed package is wrapped: exceptions other than `passing` become ExtensionError, and a generator returns
        a list.
        """
        function = getattr(self.module, name, None)
        if not callable(function):
            return None
        return self._guarded(name, function, passing) if self.package else function

    def _guarded(self, name: str, function: Callable[..., Any], passing: type[Exception]) -> Callable[..., Any]:
        def guarded(*arguments: Any) -> Any:
            try:
                result = function(*arguments)
                return list(result) if isinstance(result, Iterator) else result
            except (ExtensionError, passing):
                raise
            except Exception as error:  # code of another package may raise anything
                raise self.error(
                    f"{name}() failed: {type(error).__name__}: {error}", _REPAIR, self._line_of(error)
                ) from error

        return guarded

    def _line_of(self, error: Exception) -> int:
        """The last line of its module that an exception passed through; 1 if there is none."""
        import traceback

        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self.file]
        return (lines or [1])[-1] or 1


_REPAIR = "fix the package, or uninstall it"
_WORDS = {str: "non-empty string", int: "whole number", tuple: "tuple"}


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of files that an installed package adds, with the name of the package."""

    path: Path
    package: str


_ENTRY_POINTS = "entry_points.txt"  # in the metadata of a package


def declared(group: str) -> bool:
    """Whether the entry points of an installed package contain a text such as `[archgen.`. It may be in a comment.

    They are read without importlib.metadata, which takes longer to load than to read them.
    """
    return any(group in text for text in _declarations())


@cache
def _declarations() -> tuple[str, ...]:
    """The entry points of each installed package that has any."""
    return tuple(_in_folders(sys.path) if _only_in_folders() else _found_by_python())


def _only_in_folders() -> bool:
    """Whether Python finds packages only in folders, as it does unless a program adds a finder or an archive."""
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    return finders == [PathFinder] and not any(
        path.casefold().endswith(".egg") or Path(path).is_file() for path in sys.path
    )


def _in_folders(paths: list[str]) -> Iterator[str]:
    """What importlib.metadata reads in folders: a file in each folder of metadata."""
    for path in dict.fromkeys(paths):
        with suppress(OSError):
            for folder in os.scandir(path or "."):
                if folder.name.casefold().endswith((".dist-info", ".egg-info")):
                    with suppress(OSError):
                        yield Path(folder, _ENTRY_POINTS).read_text(encoding="utf-8")


def _found_by_python() -> Iterator[str]:
    from importlib.metadata import distributions

    for distribution in distributions():
        yield distribution.read_text(_ENTRY_POINTS) or ""


@cache
def _entry_points() -> Mapping[str, list[EntryPoint]]:
    """The entry points of all installed packages by group, without the prefix `archgen.`, sorted by name.

    Raises ExtensionError for an unknown group.
    """
    by_group: dict[str, list[EntryPoint]] = {}
    for distribution in _distributions():
        for entry in distribution.entry_points:
            prefix, _, group = entry.group.partition(".")
            if prefix == "archgen":
                if group not in (*MODULES, *FOLDERS):
                    known = ", ".join(f"archgen.{name}" for name in (*MODULES, *FOLDERS))
                    message = f"the package {distribution.name} has entry points in the unknown group '{entry.group}'"
                    raise ExtensionError(message, f"use one of: {known}")
                by_group.setdefault(group, []).append(entry)
    return {group: sorted(entries, key=lambda entry: (entry.name, entry.value)) for group, entries in by_group.items()}


def _distributions() -> Iterator[Distribution]:
    """The installed packages that extend archgen. If a package is installed twice, only the one that Python imports is included.

    Metadata without the name of archgen is skipped before it is parsed, because parsing all metadata would take 0.1 seconds.
    """
    if not declared("[archgen."):
        return
    from importlib.metadata import distributions

    seen = set()
    for distribution in distributions():
        if "[archgen." in (distribution.read_text(_ENTRY_POINTS) or "") and distribution.name not in seen:
            seen.add(distribution.name)
            yield distribution


def _entries(package: str) -> list[EntryPoint]:
    """The entry points of the group `archgen.<package>`, sorted by name."""
    return _entry_points().get(package, [])


def _package_of(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value.partition(".")[0]


def _id_of(entry: EntryPoint) -> str:
    """The id of an entry point: its name with hyphens. Raises ExtensionError if it is not a valid id."""
    id_ = entry.name.replace("_", "-")
    if not ID.fullmatch(id_):
        raise ExtensionError(
            f"the entry point name '{entry.name}' ({entry.group}) in the package {_package_of(entry)} is not a valid ID",
            "use lowercase letters, digits and hyphens, and start with a letter",
        )
    return id_


def _module_of(entry: EntryPoint) -> ModuleType:
    place = f"the entry point '{entry.name} = {entry.value}' ({entry.group}) of the package {_package_of(entry)}"
    try:
        module = entry.load()
    except Exception as error:  # importing a module of another package may raise anything
        raise ExtensionError(f"{place} cannot be loaded: {type(error).__name__}: {error}", _REPAIR) from error
    if not isinstance(module, ModuleType):
        raise ExtensionError(
            f"{place} does not point to a module", f"point it to the module: {entry.value.partition(':')[0]}"
        )
    return module


@cache
def extensions(package: str) -> tuple[Part, ...]:
    """The modules that installed packages add in the entry point group `archgen.<package>`, sorted by id.

    Raises ExtensionError.
    """
    return tuple(Part(_id_of(entry), _module_of(entry), _package_of(entry)) for entry in _entries(package))


@cache
def folders(package: str) -> tuple[Folder, ...]:
    """The folders that installed packages add in the entry point group `archgen.<package>`, sorted by the names of entry points.

    Raises ExtensionError.
    """
    result = []
    for entry in _entries(package):
        module = _module_of(entry)
        paths = [Path(path) for path in getattr(module, "__path__", ())] or [Path(module.__file__ or "").parent]
        if not paths[0].is_dir():
            place = f"the entry point '{entry.name} = {entry.value}' ({entry.group})"
            raise ExtensionError(
                f"{place} does not point to a folder on disk", "install the package as files, not as a zip"
            )
        result.append(Folder(paths[0], _package_of(entry)))
    return tuple(result)


def _own(package: str) -> list[str]:
    """The names of a package's modules, without importing any."""
    folder = str(Path(__file__).parent / package)
    return sorted(module.name for module in pkgutil.iter_modules([folder]) if not module.name.startswith("_"))


@cache
def lazy_parts(package: str) -> LazyMapping[Part]:
    """The parts() of a package by ID, of which archgen's own modules are imported only when they are asked for.

    Raises ExtensionError if a module of an installed package cannot be loaded, or if two parts have the same ID.
    """
    makers: dict[str, Callable[[], Part]] = {
        name.replace("_", "-"): partial(_own_part, package, name) for name in _own(package)
    }
    for part in extensions(package):
        if part.id in makers:
            raise _defined_twice(part, makers[part.id](), package)
        makers[part.id] = partial(_given, part)
    return LazyMapping(makers)


def _own_part(package: str, name: str) -> Part:
    """One of archgen's modules, imported."""
    return Part(name.replace("_", "-"), importlib.import_module(f"archgen.{package}.{name}"))


def _given(part: Part) -> Part:
    return part


def _defined_twice(part: Part, other: Part, package: str) -> ExtensionError:
    """The error about a part whose ID another one has already."""
    return part.error(
        f"'{part.id}' ({package}) is already defined by {other.place}", f"rename the entry point in archgen.{package}"
    )


@cache
def parts(package: str) -> tuple[Part, ...]:
    """The modules of one of archgen's packages sorted by name, then those that installed packages add.

    Raises ExtensionError if a module cannot be loaded, or if two have the same ID.
    """
    return tuple(lazy_parts(package).values())


@cache
def ids(package: str) -> tuple[str, ...]:
    """The ids of parts(), without importing any module."""
    return (*(name.replace("_", "-") for name in _own(package)), *map(_id_of, _entries(package)))
