"""Object storage that is no web site."""

from typing import Annotated

from pydantic import Field

from archgen.model.component import Component


class ObjectStore(Component):
    """Buckets for logs, backups, state."""

    label = "Object storage"
    aliases = ("bucket", "blob storage")
    keeps_data = True
    stateful = True
    versioned: bool = True
    """Whether earlier versions of each object are kept."""
    immutable: bool = False
    """Whether nobody can change or delete an object before its time."""
    retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long objects are kept; for ever without it."""
