"""E-mail sending."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import IDENTIFYING, ComponentId, Domain, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class Email(Component):
    """Sends e-mail, and receives bounces and complaints."""

    label = "E-mail"
    used_to = "messages"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("SMTP", "transactional mail", "mail relay", "SES")
    domains: Annotated[Listed[Domain], IDENTIFYING] = ()
    """The domains that it sends from."""
    signs_with_dkim: bool | None = None
    """Whether messages are signed for their domain with DKIM."""
    dmarc_policy: Literal["none", "quarantine", "reject"] | None = None
    """What the domain asks receivers to do with messages that fail the checks."""
    feedback_to: ComponentId | None = None
    """What receives bounces and complaints."""
    dedicated_addresses: Annotated[int, Field(ge=0, le=10000)] | None = None
    """The number of sending addresses that only this sender uses."""
