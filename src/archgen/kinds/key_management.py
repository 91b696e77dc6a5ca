"""A key management service."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import ComponentId, Listed
from archgen.model.component import Component


class KeyManagement(Component):
    """Manages the keys that encrypt data at rest."""

    label = "Key management"
    aliases = ("KMS", "encryption keys")
    stateful = True
    protects: Listed[ComponentId] = ()
    """The components whose data it encrypts."""
    rotation_days: Annotated[int, Field(ge=90, le=2560)] = 365
    """How often the key material is rotated, in days."""
