"""A layer 7 load balancer."""

from typing import Literal

from archgen.model.component import Component
from archgen.model.traits import Traits


class LoadBalancer(Component):
    """Distributes requests to the instances that serve them."""

    label = "Load balancer"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=False, proxy=True)
    aliases = ("load balancer", "LB", "ELB")
    usual_placement = "public"
    scheme: Literal["internet-facing", "internal"] = "internet-facing"
    tls: bool = True
    """Whether it accepts HTTPS only."""
    deletion_protection: bool | None = None
    """Whether it must be unlocked before it can be deleted."""
    drops_invalid_headers: bool | None = None
    """Whether it removes header fields with invalid names."""
    access_logs: bool | None = None
    """Whether it logs each request."""
