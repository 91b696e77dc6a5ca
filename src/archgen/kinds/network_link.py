"""What joins networks and sites, such as a transit gateway, a VPN or a private line."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import IDENTIFYING, ComponentId, JoinedId, Line, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class NetworkLink(Component):
    """Joins networks and sites, so that what is in one of them can reach what is in another."""

    label = "Network link"
    used_to = "connect"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("peering", "transit gateway", "VPN", "private line", "tunnel")
    alone = True
    joins_places = True
    form: Literal["peering", "transit", "vpn", "private-line"]
    """`peering`: joins two networks directly. `transit`: a hub that routes between all that it joins."""
    joins: Annotated[Listed[JoinedId], Field(min_length=2, max_length=100)]
    """What it joins: IDs of networks, of sites, of environments (for their networks) and of other links. `environment` is the network of
    each environment, for a link that every environment has."""
    apart: Listed[JoinedId] = ()
    """Of what it joins, those between which it does not route, because route tables keep them apart."""
    via: ComponentId | None = None
    """What all of its traffic passes, such as a firewall that inspects it."""
    leads_on: bool = False
    """Whether it also leads to what the other links of a joined network or site lead to, as with gateway transit and exported routes.
    Two peerings in a row lead nowhere, unless the network between them has `routed_by`."""
    bandwidth_mbps: Annotated[int, Field(ge=1)] | None = None
    """Its bandwidth in megabits per second."""
    tunnels: Annotated[int, Field(ge=1)] | None = None
    """How many tunnels a VPN has."""
    handover: Annotated[Line, IDENTIFYING] | None = None
    """Where a private line is handed over."""
