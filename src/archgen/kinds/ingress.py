"""The entry point for requests to a cluster."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.component import Component
from archgen.model.traits import Traits


class Ingress(Component):
    """Routes requests from the load balancer to services in the cluster."""

    label = "Ingress"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=False, copies="replicas", proxy=True)
    aliases = ("Ingress", "Gateway API")
    usual_placement = "app"
    api: Literal["ingress", "gateway"] = "ingress"
    """The Kubernetes API in which its routes are declared."""
    replicas: Annotated[int, Field(ge=0, le=100)] | None = None
    """The number of its pods, if you set it."""
