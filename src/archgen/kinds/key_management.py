"""A key management service."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import ComponentId, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class KeyManagement(Component):
    """Manages the keys that encrypt data at rest."""

    label = "Key management"
    inherent = Traits(stateful=True, keeps_data=False)
    aliases = ("KMS", "encryption keys")
    protects: Listed[ComponentId] = ()
    """The components whose data it encrypts."""
    rotation_days: Annotated[int, Field(ge=90, le=2560)] = 365
    """How often the key material is rotated, in days."""
