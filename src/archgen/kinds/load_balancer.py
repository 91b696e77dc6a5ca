"""A layer 7 load balancer."""

from typing import Literal

from archgen.model.component import Component


class LoadBalancer(Component):
    """Spreads requests over what serves them."""

    label = "Load balancer"
    aliases = ("load balancer", "LB", "ELB")
    usual_placement = "public"
    scheme: Literal["internet-facing", "internal"] = "internet-facing"
    tls: bool = True
    """Whether it listens on HTTPS only."""
