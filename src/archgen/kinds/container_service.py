"""A service in containers."""

from typing import Annotated

from pydantic import Field

from archgen.kinds.service import Scaling
from archgen.model.base import Line, Port, UrlPath
from archgen.model.component import Component
from archgen.model.traits import Traits


class ContainerService(Component):
    """A service in containers that the cloud runs, without a Kubernetes cluster."""

    label = "Container service"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=False, port="port")
    aliases = ("serverless containers", "Cloud Run", "Fargate service", "container app", "web app")
    usual_placement = "app"
    port: Port | None = None
    """The port that its containers listen on."""
    image: Line | None = None
    """The image that it runs, without its tag."""
    cpu: Annotated[float, Field(gt=0, le=256, strict=False)] | None = None
    """The number of virtual processors of a copy."""
    memory_mib: Annotated[int, Field(ge=64, le=2097152)] | None = None
    """The memory of a copy in MiB."""
    scaling: Scaling | None = None
    """The limits for the number of copies, and the metric that determines it."""
    concurrency: Annotated[int, Field(ge=1, le=10000)] | None = None
    """How many requests one copy handles at the same time."""
    newest_traffic_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """The share of requests that the newest version gets, in percent; the versions before it share the rest."""
    timeout_seconds: Annotated[int, Field(ge=1, le=86400)] | None = None
    """The longest request, in seconds."""
    health: UrlPath | None = None
    """The path that answers whether it is healthy, such as /healthz."""

    def copies(self, zones: int) -> int | None:
        """The minimum number of copies, or what its traits state."""
        return self.scaling.min if self.scaling else super().copies(zones)
