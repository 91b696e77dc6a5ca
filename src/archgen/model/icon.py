"""Icons that a model chooses: classes of the diagrams package, and files of the project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from archgen.catalog.icon_classes import problem_of

SUFFIXES = (".svg", ".png")


def is_file(icon: str) -> bool:
    """Whether an icon is a file of the project, and not a class of the diagrams package."""
    return "/" in icon or "\\" in icon or icon.lower().endswith(SUFFIXES)


def drawable(icon: str | None, files: Mapping[str, str]) -> str | None:
    """An icon as pictures name it: the class, or the content of the file; None without one, or if the file was not read."""
    return files.get(icon) if icon and is_file(icon) else icon


def _icon(value: str) -> str:
    """`value`, if it is an existing class, or the path of a picture in the model's folder. Raises ValueError otherwise."""
    if not is_file(value):
        if problem := problem_of(value):
            raise ValueError(problem)
        return value
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or re.search(r"[\\\x00-\x1f:]", value):
        raise ValueError(f"'{value}' is not a file inside the model's folder; write a path such as icons/efs.svg")
    if not value.lower().endswith(SUFFIXES):
        raise ValueError(f"'{value}' is not an SVG or PNG file; convert it, and name it such as icons/efs.svg")
    return value


# The icon of a kind or a product that the model declares.
ProjectIcon = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_icon)]
