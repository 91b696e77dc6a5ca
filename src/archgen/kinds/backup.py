"""A backup service."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import ComponentId, Line, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class BackupService(Component):
    """Makes copies of other components by plan, and keeps them."""

    label = "Backup"
    used_to = "store"
    inherent = Traits(stateful=True, keeps_data=True)
    aliases = ("snapshots", "backup vault", "backup plan", "disaster recovery copies")
    alone = True
    protects: Listed[ComponentId] = ()
    """The components that it makes copies of."""
    schedule: Line | None = None
    """When copies are made, as a cron or rate expression of the product."""
    start_window_minutes: Annotated[int, Field(ge=1, le=10080)] | None = None
    """How long after its scheduled time a copy may start, in minutes."""
    retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long a copy is kept, in days."""
    cold_after_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """After how many days a copy moves to cheaper storage."""
    immutable: bool | None = None
    """Whether copies are protected against changes and deletion until their retention period ends."""
    copied_to_recovery_region: bool | None = None
    """Whether each copy is also kept in the recovery region."""
    restore_tested_every_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """How often a restore is tested, in days."""
