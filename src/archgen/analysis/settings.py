"""The value of a model path at every coordinate, and the line that each value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from archgen.analysis.regions import known_regions
from archgen.diagnostics.diagnostic import Diagnostic, Path, did_you_mean, dotted
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.paths import walk
from archgen.model.resolve import Resolved
from archgen.model.wording import value_text
from archgen.records import dataclass

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Found:
    """A value at a coordinate as text, with its file and line (None for a default), and whether it exists."""

    text: str
    line: int | None
    exists: bool = True
    file: str = ""


@dataclass(frozen=True, slots=True)
class Variation:
    """One value and the condition under which it holds."""

    where: str
    found: Found


def look_up(architecture: Architecture, path: Path) -> Found:
    """The value at one coordinate: as it is in the file, or else the default. The regions of a component are shown with its roles there."""
    node = architecture.tree.get(path)
    roles = _roles(architecture, path)
    if node is not None:
        span = node.key_span or node.span
        return Found(roles or value_text(node.plain()), span.line, file=span.file)
    if roles:
        return Found(roles, None)
    value, there = walk(architecture, path)
    return Found(value_text(value), None) if there else Found(ABSENT, None, exists=False)


def _roles(a: Architecture, path: Path) -> str:
    """The regions of a component, or its role in one of them, if the path leads there and it is known; empty otherwise."""
    match path:
        case ("components", str(name), "regions") if name in a.components:
            return value_text(known) if (known := known_regions(a, name)) else ""
        case ("components", str(name), "regions", region) if name in a.components:
            return (known_regions(a, name) or {}).get(str(region), "")
        case _:
            return ""


def vary(resolved: Resolved, path: Path) -> list[Variation]:
    """Every distinct value over all coordinates, with the conditions under which it holds."""
    masks: dict[Found, int] = {}
    for coordinate, architecture in resolved.architectures.items():
        found = look_up(architecture, path)
        masks[found] = masks.get(found, 0) | resolved.axes.bit(coordinate)
    return [Variation(where, found) for found, mask in masks.items() for where in resolved.axes.cover(mask)]


def unknown(resolved: Resolved, path: Path, at: Coordinate) -> Diagnostic:
    """The diagnostic about a path that does not exist, with the keys that exist at that point."""
    architecture = resolved.architectures[at]
    known = 0
    while known < len(path) and look_up(architecture, path[: known + 1]).exists:
        known += 1
    around, _there = walk(architecture, path[:known])
    place = f" in {dotted(path[:known])}" if known else ""
    whole = f"archgen show {dotted(path[:known])}" if known else "archgen export"
    help_ = did_you_mean(path[known], _keys(around)) or f"it has no settings; {whole} prints it completely"
    if not known and (section := _section_of(architecture, path[0])):
        help_ = f"write the part of the model before it: {dotted((section, *path))}"
    return Diagnostic("ARC-C006", f"'{path[known]}' does not exist{place}", help_, subject=dotted(path))


def _section_of(architecture: Architecture, name: str | int) -> str | None:
    """The first part of the model that has an entry of this name; components come first, because people ask about these most."""
    document = architecture.document
    sections = ("components", *(key for key in type(document).model_fields if key != "components"))
    return next((s for s in sections if isinstance(x := getattr(document, s, None), Mapping) and name in x), None)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from type(value).model_fields
    elif isinstance(value, Mapping):
        yield from map(str, value)
    elif isinstance(value, (tuple, list)):
        yield from (f"[{n}]" for n in range(len(value)))
