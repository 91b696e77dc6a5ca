"""A key management service."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import ComponentId, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class KeyManagement(Component):
    """Manages the keys that encrypt data at rest."""

    label = "Key management"
    used_to = "protect"
    inherent = Traits(stateful=True, keeps_data=False)
    aliases = ("KMS", "encryption keys")
    protects: Listed[ComponentId] = ()
    """The components whose data it encrypts."""
    rotation_days: Annotated[int, Field(ge=90, le=2560)] = 365
    """How often the key material is rotated, in days."""
    recovery_days: Annotated[int, Field(ge=0, le=120)] | None = None
    """How long a key can be restored after its deletion was requested, in days."""
    usage: Listed[Literal["encryption", "signing", "message-authentication"]] = ()
    """What its keys are used for."""
