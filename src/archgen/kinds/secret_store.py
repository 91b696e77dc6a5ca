"""A store of secrets."""

from typing import Annotated

from pydantic import Field

from archgen.model.component import Component
from archgen.model.traits import Traits


class SecretStore(Component):
    """Stores secrets encrypted and rotates them."""

    label = "Secret store"
    used_to = "protect"
    inherent = Traits(stateful=True, keeps_data=True)
    aliases = ("vault", "passwords", "credentials")
    rotation_days: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How often credentials are rotated, in days."""
    recovery_days: Annotated[int, Field(ge=0, le=90)] | None = None
    """How long a deleted secret can be restored, in days; with 0, it is deleted at once."""
