"""A store of secrets."""

from typing import Annotated

from pydantic import Field

from archgen.model.component import Component


class SecretStore(Component):
    """Stores secrets encrypted and rotates them."""

    label = "Secret store"
    aliases = ("vault", "passwords", "credentials")
    keeps_data = True
    stateful = True
    rotation_days: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How often credentials are rotated, in days."""
