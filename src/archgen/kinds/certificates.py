"""A service for TLS certificates."""

from typing import Annotated, Literal

from archgen.model.base import IDENTIFYING, Domain, Line, Listed
from archgen.model.component import EDGE, Component
from archgen.model.traits import Traits


class Certificates(Component):
    """Issues and renews TLS certificates."""

    label = "TLS certificates"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("TLS", "SSL")
    alone = True
    usual_placement = EDGE
    domains: Annotated[Listed[Domain], IDENTIFYING] = ()
    """The domains that its certificates are for."""
    validated_by: Literal["dns", "e-mail", "http"] | None = None
    """How it proves that the domains belong to their owner."""
    tier: Line | None = None
    """Its tier, by the cloud's name for it, for a private certificate authority."""
    publishes: Listed[Literal["certificate", "revocation-list"]] = ()
    """What a private certificate authority publishes for clients."""
