"""A service that runs on the cluster."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from archgen.model.base import Cpu, Entity, Memory, Port, UrlPath, refuse_disorder
from archgen.model.component import Component
from archgen.model.traits import Traits


class Scaling(Entity):
    """Limits for the number of pods, and the metric that determines it."""

    min: Annotated[int, Field(ge=0)]
    max: Annotated[int, Field(ge=1)]
    by: Literal["cpu", "memory", "requests", "events"] = "cpu"
    """The metric for scaling: `events` requires KEDA, the others use the Horizontal Pod Autoscaler."""
    target_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    """The target utilization, in percent."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        refuse_disorder(self, "min", "max")
        return self


class Amount(Entity):
    """CPU time and memory as Kubernetes quantities."""

    cpu: Cpu | None = None
    memory: Memory | None = None


class Resources(Entity):
    """The resources that a pod requests, and their limits."""

    requests: Amount
    limits: Amount = Amount()


class DisruptionBudget(Entity):
    """The number of pods that must stay available while nodes are drained."""

    min_available: Annotated[int, Field(ge=0)]


class Service(Component):
    """A containerized service."""

    label = "Service"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=False, port="port")
    aliases = ("backend", "microservice")
    usual_placement = "app"
    needs_product = False
    icon = "k8s.compute.Deploy"
    port: Port | None = None
    """The port that its pods listen on."""
    health: UrlPath | None = None
    """The path of a request, as users send it, that the service answers with 200 only if its database answers, such as `/api/ready`."""
    scaling: Scaling | None = None
    resources: Resources | None = None
    disruption_budget: DisruptionBudget | None = None

    def copies(self, zones: int) -> int | None:
        """The minimum number of pods, wherever they are, or what its traits state."""
        return self.scaling.min if self.scaling else super().copies(zones)
