"""A web application firewall."""

from typing import Literal

from archgen.model.base import Listed
from archgen.model.component import EDGE, Component
from archgen.model.traits import Traits


class Waf(Component):
    """Filters requests from the internet."""

    label = "Web application firewall"
    used_to = "protect"
    inherent = Traits(stateful=False, keeps_data=False, entrance=True, proxy=True)
    aliases = ("WAF", "web firewall")
    usual_placement = EDGE
    firewall = True
    rules: Listed[Literal["owasp", "rate-limit", "geo", "managed"]] = ()
    """The groups of rules that are enabled."""
    default_action: Literal["allow", "block"] | None = None
    """What happens to a request that no rule matches."""
    metrics: bool | None = None
    """Whether it counts the requests that each rule matches."""
    sampled_requests: bool | None = None
    """Whether it keeps samples of matched requests."""
