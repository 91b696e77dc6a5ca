"""What turns Kubernetes routes into load balancers."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.component import Component


class Ingress(Component):
    """Routes requests from the load balancer to services in the cluster."""

    label = "Ingress"
    aliases = ("Ingress", "Gateway API")
    usual_placement = "app"
    api: Literal["ingress", "gateway"] = "ingress"
    """The Kubernetes API it is declared in."""
    replicas: Annotated[int, Field(ge=0, le=100)] | None = None
    """Its pods, where they are ours to count."""

    def copies(self, zones: int) -> int | None:
        """Its pods, which the scheduler spreads."""
        return self.replicas
