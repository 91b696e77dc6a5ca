"""A cluster for containers."""

from typing import Annotated, Literal

from archgen.model.base import IDENTIFYING, Domain, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class ContainerCluster(Component):
    """Places containers on capacity that the cloud or a group of machines provides, without Kubernetes."""

    label = "Container cluster"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("ECS cluster", "Nomad", "Docker Swarm", "container orchestrator")
    capacity: Listed[Literal["serverless", "serverless-spot", "machines", "machines-spot"]] = ()
    """What its containers run on."""
    detailed_metrics: bool | None = None
    """Whether it collects metrics of each container."""
    service_discovery_domain: Annotated[Domain, IDENTIFYING] | None = None
    """The private domain under which its services find each other."""
