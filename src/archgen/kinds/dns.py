"""An authoritative DNS service."""

from typing import Annotated, Literal

from archgen.model.base import IDENTIFYING, Domain, Listed
from archgen.model.component import EDGE, Component
from archgen.model.traits import Traits


class Dns(Component):
    """Answers DNS queries for the architecture's domains."""

    label = "DNS"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("DNS", "domain names")
    alone = True
    usual_placement = EDGE
    domains: Annotated[Listed[Domain], IDENTIFYING] = ()
    """The domains that it answers queries for."""
    visibility: Literal["public", "private"] | None = None
    """Whether the internet can resolve its domains, or only networks that it is attached to."""
    dnssec: bool | None = None
    """Whether its answers are signed, so that resolvers can check them."""
