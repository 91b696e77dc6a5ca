"""What a phase is said to bring, and what of it the model contains at a coordinate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archgen.analysis.changes import is_documentation
from archgen.diagnostics.diagnostic import Path
from archgen.model.architecture import Architecture
from archgen.model.document import Phase
from archgen.model.paths import leaves, parse_path, walk
from archgen.records import dataclass

Built = Literal["new", "changed", "same", "absent"]


@dataclass(frozen=True, slots=True)
class BuiltPlace:
    """A part of the model that implements something a phase brings, and what the phase does to it."""

    path: Path
    built: Built


@dataclass(frozen=True, slots=True)
class BuiltPart:
    """The words of a promise that an entry of the model quotes, the parts that implement them, and the remark of the entry."""

    says: str
    places: tuple[BuiltPlace, ...]
    because: str


@dataclass(frozen=True, slots=True)
class PhasePromise:
    """One item that a phase brings; without parts, the model does not say what implements it."""

    text: str
    parts: tuple[BuiltPart, ...]


def promises(phase: Phase, before: Architecture | None, after: Architecture) -> list[PhasePromise]:
    """The items that a phase brings, compared between two architectures; `before` is None for the first phase."""
    parts = [
        BuiltPart(
            link.says,
            tuple(BuiltPlace(path, built(path, before, after)) for path in map(parse_path, link.at)),
            link.because or "",
        )
        for link in phase.built_by
    ]
    return [PhasePromise(text, tuple(part for part in parts if part.says in text)) for text in phase.brings]


def built(path: Path, before: Architecture | None, after: Architecture) -> Built:
    """What happens to a part of the model between two architectures; `absent` if the later one does not have it.

    A component of which only documentation changes, such as its purpose, is the same, because that builds nothing.
    """
    if not _exists(after, path):
        return "absent"
    if before is None or not _exists(before, path):
        return "new"
    return "same" if _value(before, path) == _value(after, path) else "changed"


def _exists(a: Architecture, path: Path) -> bool:
    """Whether the path leads to a value. An empty list or mapping, such as the default of `calls`, implements nothing."""
    value, known = walk(a, path)
    return bool(value or not isinstance(value, (Mapping, tuple, list))) if known else a.tree.get(path) is not None


def _value(a: Architecture, path: Path) -> Any:
    """The value at a path in a form that can be compared, without settings that are not set, and without documentation below it."""
    value, known = walk(a, path)
    node = a.tree.get(path)
    if not known and node is not None:
        return node.plain()
    every = leaves(value, tuple(map(str, path)))
    return every if is_documentation(path) else {at: each for at, each in every.items() if not is_documentation(at)}
