"""An event bus."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import ComponentId, Id, Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class EventBus(Component):
    """Routes events to targets, by rules about their content."""

    label = "Event bus"
    used_to = "messages"
    inherent = Traits(stateful=True, keeps_data=True, carrier=True)
    aliases = ("event router", "event grid", "event broker", "rules")
    patterns: dict[Id, Line] = {}
    """The rules by name: the content of the events that each one passes on. A rule with the key of a call passes them to what is called."""
    archive_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long events are archived so that they can be sent again, in days; without it, there is no archive."""
    max_event_age_hours: Annotated[float, Field(gt=0, le=168, strict=False)] | None = None
    """How long the delivery of an event is tried again, in hours."""
    max_attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many times the delivery of an event is tried."""
    dead_letters: ComponentId | None = None
    """Where events go that could not be delivered."""
    schema_checked: bool | None = None
    """Whether the form of events is registered and checked."""
