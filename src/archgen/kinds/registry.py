"""A registry of container images."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class Registry(Component):
    """Stores container images and packages."""

    label = "Container registry"
    used_to = "deliver"
    inherent = Traits(stateful=False, keeps_data=True)
    aliases = ("Docker registry", "container images")
    scan_on_push: bool = True
    immutable_tags: bool = True
    format: Line | None = None
    """The format of its packages, such as docker, maven or npm; without it, container images."""
    keep_newest: Annotated[int, Field(ge=1, le=100000)] | None = None
    """How many of the newest images are kept, however old they are."""
    delete_after_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """After how many days images are deleted; without it, they are kept."""
