"""Business intelligence."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class BusinessIntelligence(Component):
    """Dashboards and reports over data."""

    label = "Business intelligence"
    used_to = "analyze"
    inherent = Traits(stateful=True, keeps_data=True)
    aliases = ("BI", "dashboards", "reports", "analytics front end")
    edition: Line | None = None
    """Its edition, by the vendor's name for it."""
    users: Annotated[int, Field(ge=1, le=10000000)] | None = None
    """The number of people with a license."""
    embedded: bool | None = None
    """Whether its dashboards are part of another application."""
