"""A message queue."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import ComponentId, Line, Version
from archgen.model.component import Component
from archgen.model.traits import Traits


class Queue(Component):
    """Holds messages until a consumer has worked on them; each message is for one consumer."""

    label = "Queue"
    used_to = "messages"
    inherent = Traits(stateful=True, keeps_data=True, carrier=True)
    aliases = ("message queue", "job queue", "task queue", "work queue", "mailbox")
    ordered: bool | None = None
    """Whether messages of a group or key are delivered in the order in which they were sent."""
    deduplication: Literal["content", "id"] | None = None
    """How messages that were sent twice are found: by their content, or by an ID that the sender gives them."""
    delivery: Literal["at-most-once", "at-least-once", "exactly-once"] | None = None
    """How often a message can be delivered; consumers of `at-least-once` must expect the same message twice."""
    retention_days: Annotated[float, Field(gt=0, le=365, strict=False)] | None = None
    """How long a message is kept if it is not consumed, in days."""
    visibility_timeout_seconds: Annotated[int, Field(ge=0, le=43200)] | None = None
    """How long a received message is hidden from other consumers, in seconds: the visibility timeout, acknowledgment deadline or lock."""
    max_receives: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many times a message is delivered before it goes to the dead letters."""
    dead_letters: ComponentId | None = None
    """Where messages go that could not be processed."""
    max_message_kib: Annotated[int, Field(ge=1, le=102400)] | None = None
    """The size of the largest message, in KiB."""
    engine: Line | None = None
    """The software of the broker, for products that offer several."""
    engine_version: Version | None = None
    """The version of this software, in quotes."""
    size: Line | None = None
    """The size of the broker, by the cloud's name for it."""
    multi_zone: bool | None = None
    """Whether the broker keeps working when a zone fails, for products that offer both."""
