"""A layer 7 load balancer."""

from typing import Literal

from archgen.model.component import Component
from archgen.model.traits import Traits


class LoadBalancer(Component):
    """Distributes requests to the instances that serve them."""

    label = "Load balancer"
    inherent = Traits(stateful=False, keeps_data=False, proxy=True)
    aliases = ("load balancer", "LB", "ELB")
    usual_placement = "public"
    scheme: Literal["internet-facing", "internal"] = "internet-facing"
    tls: bool = True
    """Whether it accepts HTTPS only."""
