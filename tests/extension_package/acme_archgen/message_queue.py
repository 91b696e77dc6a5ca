"""A message queue."""

from typing import Annotated

from pydantic import Field

from archgen.extending import Component, ComponentId, Entity, Listed, TierId, Traits


class Subscription(Entity):
    """A component that takes messages from the queue."""

    consumer: ComponentId
    """The component."""
    batch: int = 1
    """How many messages it takes at once."""


class MessageQueue(Component):
    """Holds messages until a consumer takes them."""

    label = "Message queue"
    aliases = ("broker",)
    inherent = Traits(stateful=True, keeps_data=True, carrier=True)
    protocols = ("sqs",)
    retention_days: Annotated[int, Field(ge=1, le=14)] = 4
    """How long messages are kept."""
    dead_letters: ComponentId | None = None
    """The queue for messages that no consumer could handle."""
    consumers: Listed[ComponentId] = ()
    """The components that take messages from it."""
    subscriptions: dict[str, Subscription] = {}
    """Consumers that need settings, by a name."""
    delivered_in: Listed[TierId] = ()
    """The tiers of the network that it delivers to."""
