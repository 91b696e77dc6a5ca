"""The parts of the model that name files: design documents, with the part of the model that holds each statement, and fonts."""

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
    """The part of the model that holds one statement of a document."""

    says: Text
    """Words that occur in exactly one statement of the section."""
    at: Listed[Line] = ()
    """Paths of the parts of the model that hold it."""
    because: Text | None = None
    """Why no part of the model holds it, or a remark about it."""


class SourceDocument(Entity):
    """A design document in Markdown. Each of its statements must be assigned to a part of the model."""

    title: Line
    file: FilePath
    """Its path relative to the model's folder."""
    sections: dict[Line, Listed[Held]]
    """Its statements by the number of their section, or by its heading if it has no number."""
