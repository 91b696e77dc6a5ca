"""A path as people write it in, the part of an architecture that it leads to out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from archgen.diagnostics.diagnostic import Path
from archgen.model.architecture import Architecture


def parse_path(text: str) -> Path:
    """`components.database.backup` or `clouds.aws.availability_zones[0]` as keys and positions."""
    steps: list[str | int] = []
    for part in re.findall(r"\[\d+\]|[^.\[\]]+", text):
        steps.append(int(part[1:-1]) if part.startswith("[") else part)
    return tuple(steps)


def walk(architecture: Architecture, path: Path) -> tuple[Any, bool]:
    """Follow a path through the validated model, where defaults are written out."""
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
    """Whether the path leads to something that is set, by the file or by a default."""
    return architecture.tree.get(path) is not None or walk(architecture, path)[1]


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every setting that is set in a part of the validated model, by its keys."""
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {key: leaf for name, child in value.items() for key, leaf in leaves(child, (*path, str(name))).items()}
    return {} if value is None else {path: value}
