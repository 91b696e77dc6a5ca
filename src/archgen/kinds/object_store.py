"""Object storage, except for static sites."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class ObjectStore(Component):
    """Buckets for logs, backups or state."""

    named_globally = True
    label = "Object storage"
    used_to = "store"
    inherent = Traits(stateful=True, keeps_data=True)
    aliases = ("bucket", "blob storage")
    versioned: bool = True
    """Whether earlier versions of each object are kept."""
    immutable: bool = False
    """Whether objects are protected against changes and deletion until their retention period ends."""
    retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long objects are kept, in days; without it, forever."""
    storage_class: Line | None = None
    """The class that new objects are stored in, by the cloud's name for it."""
    public_access: bool | None = None
    """Whether everyone on the internet can read it."""
    permissions: Literal["bucket", "object"] | None = None
    """Whether only the bucket has permissions, or each object can also have its own."""
