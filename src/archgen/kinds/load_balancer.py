"""A layer 7 load balancer."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Entity, Id, Listed, Port, UrlPath
from archgen.model.component import Component
from archgen.model.patterns import matching
from archgen.model.traits import Traits

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
HostPattern = Annotated[
    str,
    matching(r"^[A-Za-z0-9.*?-]+$", "a host such as api.shop.example, or a pattern such as *.shop.example", 128),
]
PathPattern = Annotated[str, matching(r"^/\S*$", "a path such as /orders, or a pattern such as /orders/*", 128)]

# The kinds of components that a load balancer passes requests on to; anything else it calls for its own needs.
BACKEND_KINDS = (
    "api-gateway",
    "container-service",
    "external-system",
    "function",
    "ingress",
    "load-balancer",
    "service",
    "virtual-machine",
    "virtual-machine-group",
)


class Backend(Entity):
    """The requests that a load balancer passes on to one of the components that it calls, and how it checks that component."""

    default: bool = False
    """Whether it gets the requests that no other backend gets."""
    hosts: Listed[HostPattern] = ()
    """The hosts of its requests; `*` stands for any characters."""
    paths: Listed[PathPattern] = ()
    """The paths of its requests; `*` stands for any characters. With `hosts`, a request must fit both."""
    priority: Annotated[int, Field(ge=1, le=50000)] | None = None
    """The place of its hosts and paths in the order in which the load balancer compares them, lowest first."""
    health: UrlPath | None = None
    """The path that answers whether it is healthy, by default the `health` of the component."""
    health_port: Port | None = None
    """The port that answers whether it is healthy, by default the port for requests."""


class LoadBalancer(Component):
    """Distributes requests to the instances that serve them."""

    label = "Load balancer"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=False, proxy=True)
    aliases = ("load balancer", "LB", "ELB")
    usual_placement = "public"
    scheme: Literal["internet-facing", "internal"] = "internet-facing"
    tls: bool = True
    """Whether it accepts HTTPS only."""
    deletion_protection: bool | None = None
    """Whether it must be unlocked before it can be deleted."""
    drops_invalid_headers: bool | None = None
    """Whether it removes header fields with invalid names."""
    access_logs: bool | None = None
    """Whether it logs each request."""
    backends: dict[Id, Backend] = {}
    """Which requests go to what it calls, by the key of the call. A single backend gets all requests, so nothing has to be stated."""
