"""A layer 7 load balancer."""

from typing import Literal

from archgen.model.component import Component


class LoadBalancer(Component):
    """Distributes requests to the instances that serve them."""

    label = "Load balancer"
    aliases = ("load balancer", "LB", "ELB")
    usual_placement = "public"
    scheme: Literal["internet-facing", "internal"] = "internet-facing"
    tls: bool = True
    """Whether it accepts HTTPS only."""
