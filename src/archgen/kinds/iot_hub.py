"""A hub for devices."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class IotHub(Component):
    """Connects devices, and passes their messages on."""

    label = "IoT hub"
    used_to = "messages"
    inherent = Traits(stateful=True, keeps_data=True, entrance=True, carrier=True)
    aliases = ("internet of things", "MQTT broker", "device gateway", "telemetry")
    accepts: Listed[Literal["mqtt", "https", "amqp", "coap", "lorawan"]] = ()
    """How devices connect."""
    devices: Annotated[int, Field(ge=1, le=1000000000)] | None = None
    """About how many devices there are."""
    device_identity: Literal["certificates", "keys", "tokens"] | None = None
    """How devices prove who they are."""
    provisioning: Literal["just-in-time", "fleet", "manual"] | None = None
    """How new devices are registered."""
