"""A schedule."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import ComponentId, Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class Schedule(Component):
    """Starts something at set times."""

    label = "Schedule"
    used_to = "messages"
    inherent = Traits(stateful=False, keeps_data=False, starts=True)
    aliases = ("cron", "timer", "scheduler", "periodic job")
    expression: Line | None = None
    """When it starts, as a cron or rate expression of the product."""
    time_zone: Line | None = None
    """The time zone of the expression, such as Europe/Berlin; without it, UTC."""
    max_attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many times it tries to start its target."""
    flexible_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """Within how many minutes after its time it may start."""
    dead_letters: ComponentId | None = None
    """Where starts that failed are reported."""
