"""A topic for publishing and subscribing."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import ComponentId
from archgen.model.component import Component
from archgen.model.traits import Traits


class Topic(Component):
    """Sends each message to all of its subscribers."""

    label = "Topic"
    used_to = "messages"
    inherent = Traits(stateful=False, keeps_data=False, carrier=True)
    aliases = ("publish and subscribe", "pub/sub", "fan-out", "notifications to services")
    ordered: bool | None = None
    """Whether messages with the same key are delivered in the order in which they were published."""
    deduplication: Literal["content", "id"] | None = None
    """How messages that were sent twice are found: by their content, or by an ID that the sender gives them."""
    retention_days: Annotated[float, Field(gt=0, le=365, strict=False)] | None = None
    """How long messages are kept so that subscribers can read them again, in days; without it, they are not kept."""
    dead_letters: ComponentId | None = None
    """Where messages go that could not be delivered to a subscriber."""
    max_message_kib: Annotated[int, Field(ge=1, le=102400)] | None = None
    """The size of the largest message, in KiB."""
    schema_checked: bool | None = None
    """Whether messages that do not match a schema are rejected."""
    max_attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many times the delivery of a message is tried."""
