"""A migration of data."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Date, Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class DataMigration(Component):
    """Copies a database or a store to another one, once or until the switch."""

    label = "Data migration"
    used_to = "store"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("database migration", "DMS", "replication", "cut-over")
    mode: Literal["once", "until-switch", "changes-only"] | None = None
    """`until-switch` copies everything and then all changes, until applications switch."""
    size: Line | None = None
    """The size of its instance, by the cloud's name for it."""
    storage_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The storage of its instance in GiB."""
    engine_version: Line | None = None
    """The version of its engine."""
    multi_zone: bool | None = None
    """Whether it keeps running when a zone fails."""
    ends: Date | None = None
    """The day by which it is removed."""
