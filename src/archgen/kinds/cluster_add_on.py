"""An add-on of a cluster, in addition to its workloads."""

from typing import Annotated

from pydantic import Field

from archgen.model.component import Component
from archgen.model.traits import Traits


class ClusterAddOn(Component):
    """An add-on of a cluster, such as networking, DNS, certificates, metrics or logs."""

    label = "Cluster add-on"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=False, copies="replicas")
    aliases = ("add-on",)
    usual_placement = "app"
    replicas: Annotated[int, Field(ge=0, le=100)] | None = None
    """The number of its pods, if you set it."""
