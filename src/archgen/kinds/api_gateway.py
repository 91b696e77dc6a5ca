"""An API gateway."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import IDENTIFYING, Domain, Id, Line, Listed
from archgen.model.component import Component
from archgen.model.patterns import matching
from archgen.model.traits import Traits

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
Route = Annotated[
    str,
    matching(
        r"^(\$default|[A-Z]+ /\S*)$", "a method and a path, such as GET /orders, or $default for all other requests"
    ),
]


class ApiGateway(Component):
    """Receives API requests, checks and limits them, and passes them on."""

    label = "API gateway"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=False, proxy=True)
    aliases = ("API management", "REST API", "GraphQL API", "API front door")
    type: Literal["rest", "http", "websocket", "graphql", "grpc"] | None = None
    """The form of the API."""
    endpoint: Literal["regional", "edge", "private"] | None = None
    """`private` can be reached only from networks; the others from the internet."""
    authorization: Literal["none", "iam", "jwt", "api-key", "mutual-tls", "custom"] | None = None
    """How callers prove who they are, unless a route has its own way."""
    api_key_from: Literal["header", "authorizer"] | None = None
    """Where the API key of a request is read: in a header field, or in the answer of the authorizer."""
    throttle_requests_per_second: Annotated[float, Field(gt=0, le=1000000, strict=False)] | None = None
    """The rate of requests above which requests are refused."""
    throttle_burst: Annotated[int, Field(ge=0, le=1000000)] | None = None
    """How many requests it accepts at once above the rate."""
    timeout_seconds: Annotated[float, Field(gt=0, le=3600, strict=False)] | None = None
    """How long it waits for an answer, in seconds."""
    access_logs: bool | None = None
    """Whether each request is logged."""
    default_domain: bool | None = None
    """Whether it also answers at the domain that the cloud gives it."""
    cors_origins: Listed[Line] = ()
    """The origins whose pages may call it from a browser."""
    cors_methods: Listed[Line] = ()
    """The HTTP methods that these pages may use."""
    cors_headers: Listed[Line] = ()
    """The header fields that these pages may send."""
    routes: dict[Id, Listed[Route]] = {}
    """The requests that go to what it calls, by the key of the call: methods and paths, such as `GET /orders`."""
    domains: Annotated[Listed[Domain], IDENTIFYING] = ()
    """The domains under which it can be reached."""

    @property
    def usual(self) -> Traits:
        """The traits of its kind; whether it can be reached from the internet follows from `endpoint`."""
        if self.endpoint is None:
            return self.inherent
        return self.inherent.model_copy(update={"entrance": self.endpoint != "private"})
