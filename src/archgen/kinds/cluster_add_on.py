"""Something that a cluster needs beside its workloads."""

from typing import Annotated

from pydantic import Field

from archgen.model.component import Component


class ClusterAddOn(Component):
    """An add-on of a cluster: networking, names, certificates, metrics, logs."""

    label = "Cluster add-on"
    aliases = ("add-on",)
    usual_placement = "app"
    replicas: Annotated[int, Field(ge=0, le=100)] | None = None
    """Its pods, where they are ours to count."""

    def copies(self, zones: int) -> int | None:
        """Its pods, which the scheduler spreads."""
        return self.replicas
