"""A system that others run."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import IDENTIFYING, Date, Line, WebAddress
from archgen.model.component import OUTSIDE, Component


class ExternalSystem(Component):
    """A system outside the architecture: software as a service, a partner's system, a mainframe."""

    label = "External system"
    used_to = "outside"
    aliases = ("SaaS", "third party", "partner system", "mainframe", "legacy system")
    usual_placement = OUTSIDE
    needs_product = False
    compared = False
    alone = True
    run_by_organization: Annotated[Line, IDENTIFYING] | None = None
    """The organization that runs it."""
    availability_percent: Annotated[float, Field(ge=0, le=100, strict=False)] | None = None
    """The monthly uptime that its contract promises, in percent."""
    status_page: WebAddress | None = None
    """Where it says whether it works."""
    support: Line | None = None
    """How to reach its support."""
    contract_ends: Date | None = None
    """The day on which its contract ends."""
