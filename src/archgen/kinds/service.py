"""A service of our own that runs on the cluster."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Cpu, Entity, Memory, Port
from archgen.model.component import Component


class Scaling(Entity):
    """How many pods there are, and what decides it."""

    min: Annotated[int, Field(ge=0)]
    max: Annotated[int, Field(ge=1)]
    by: Literal["cpu", "memory", "requests", "events"] = "cpu"
    """What is watched: `events` needs KEDA, the others the Horizontal Pod Autoscaler."""
    target_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """The utilisation that is aimed at."""


class Amount(Entity):
    """Processor time and memory, as Kubernetes writes them."""

    cpu: Cpu | None = None
    memory: Memory | None = None


class Resources(Entity):
    """What a pod is promised, and what it may never exceed."""

    requests: Amount
    limits: Amount = Amount()


class DisruptionBudget(Entity):
    """How many pods must stay while nodes are drained."""

    min_available: Annotated[int, Field(ge=0)]


class Service(Component):
    """A containerised service."""

    label = "Service"
    aliases = ("backend", "microservice")
    usual_placement = "app"
    needs_product = False
    icon = "k8s.compute.Deploy"
    port: Port | None = None
    """The port that its pods listen on."""
    scaling: Scaling | None = None
    resources: Resources | None = None
    disruption_budget: DisruptionBudget | None = None

    def copies(self, zones: int) -> int:
        """The pods that there are at least; one without scaling."""
        return self.scaling.min if self.scaling else 1
