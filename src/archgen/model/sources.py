"""The parts of the model that name files: which document a design came from, where each of its statements lives now, and fonts."""

from typing import Annotated

from archgen.model.base import Entity, Line, Listed, Text
from archgen.model.patterns import matching

FilePath = Annotated[
    str,
    matching(
        r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\.md$",
        "the path of a Markdown file such as docs/design.md",
    ),
]


FontPath = Annotated[
    str,
    matching(
        r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*\.(ttf|otf|ttc)$",
        "the path of a font file such as fonts/NotoSans.ttf",
    ),
]


class Held(Entity):
    """Where one statement of a document lives in the model."""

    says: Text
    """Words that stand in exactly one statement of the section."""
    at: Listed[Line] = ()
    """The paths of the model that hold it."""
    because: Text | None = None
    """Why no path holds it, or what else there is to know."""


class SourceDocument(Entity):
    """A design document in Markdown. Every statement in it must have its place in the model."""

    title: Line
    file: FilePath
    """Its path from the model's folder."""
    sections: dict[Line, Listed[Held]]
    """By the section's number, or its heading where that has none."""
