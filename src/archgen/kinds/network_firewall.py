"""A network firewall."""

from typing import Literal

from archgen.model.base import ComponentId, Line, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class NetworkFirewall(Component):
    """Inspects and filters what passes between networks, and to and from the internet."""

    label = "Network firewall"
    used_to = "connect"
    inherent = Traits(stateful=False, keeps_data=False, proxy=True)
    aliases = ("egress filter", "IPS", "next-generation firewall", "inspection")
    default_action: Literal["allow", "drop", "alert"] | None = None
    """What happens to traffic that no rule allows."""
    intrusion_prevention: bool | None = None
    """Whether it looks for known attacks."""
    tls_inspection: bool | None = None
    """Whether it decrypts TLS to inspect it."""
    allowed_domains: Listed[Line] = ()
    """The domains that may be called; without it, domains are not filtered."""
    logs_to: ComponentId | None = None
    """Where its logs go."""
    tier: Line | None = None
    """Its tier, by the cloud's name for it."""
