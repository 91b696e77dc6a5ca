"""Paths into the model as people write them, and the parts of an architecture that they lead to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from archgen.diagnostics.diagnostic import Path
from archgen.model.architecture import Architecture


def parse_path(text: str) -> Path:
    """The keys and positions in a text such as `components.database.backup` or `clouds.aws.availability_zones[0]`."""
    steps: list[str | int] = []
    for part in re.findall(r"\[\d+\]|[^.\[\]]+", text):
        steps.append(int(part[1:-1]) if part.startswith("[") else part)
    return tuple(steps)


def walk(architecture: Architecture, path: Path) -> tuple[Any, bool]:
    """The value at a path of the validated model, defaults included, and whether there is one."""
    value: Any = architecture.document
    for position, step in enumerate(path):
        if position == 0 and step == "components":
            value = architecture.components
        elif isinstance(value, BaseModel) and step in type(value).model_fields:
            value = getattr(value, str(step))
        elif isinstance(value, Mapping) and step in value:
            value = value[str(step)]
        elif isinstance(value, (tuple, list)) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None, False
        if value is None:
            return None, False
    return value, True


def exists(architecture: Architecture, path: Path) -> bool:
    """Whether the path leads to a value, stated in the file or by default."""
    return architecture.tree.get(path) is not None or walk(architecture, path)[1]


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """The values in a part of the validated model by their path, without those that are not set."""
    found: dict[tuple[str, ...], Any] = {}
    _add_leaves(value, path, found)
    return found


def _add_leaves(value: Any, path: tuple[str, ...], found: dict[tuple[str, ...], Any]) -> None:
    if isinstance(value, (str, int)):  # most values, and a check for BaseModel takes ten times longer
        found[path] = value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _add_leaves(getattr(value, name), (*path, name), found)
    elif isinstance(value, Mapping):
        for name, child in value.items():
            _add_leaves(child, (*path, str(name)), found)
    elif value is not None:
        found[path] = value
