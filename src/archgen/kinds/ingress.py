"""What turns Kubernetes routes into load balancers."""

from typing import Literal

from archgen.kinds.base import Component


class Ingress(Component):
    """Routes requests from the load balancer to services in the cluster."""

    label = "Ingress"
    usual_placement = "app"
    api: Literal["ingress", "gateway"] = "ingress"
    """The Kubernetes API it is declared in."""
