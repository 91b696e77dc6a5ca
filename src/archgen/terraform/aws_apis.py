"""Facts about HTTP APIs on AWS: their routes to functions, with how callers prove who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds._on_demand import ApiGateway
from archgen.model.architecture import Architecture
from archgen.terraform.aws_deliveries import api_requests

# How the routes of an HTTP API check callers, and the key of the authorizer that does it:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
_AUTHORIZATIONS: Mapping[str, tuple[str, str | None]] = {
    "none": ("NONE", None),
    "iam": ("AWS_IAM", None),
    "jwt": ("JWT", "jwt"),
    "custom": ("CUSTOM", "custom"),
}


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about HTTP APIs that expressions can use."""
    return {"http_routes": lambda api: http_routes(a, api)}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"http_routes": (str,)}


def http_routes(a: Architecture, api: str) -> dict[str, dict[str, Any]]:
    """The routes of an HTTP API by method and path: the function that a request goes to, and how its caller is checked.

    Raises ValueError if the model does not state how, or something that an HTTP API does not have, or routes that lead nowhere or twice.
    """
    stated = a.components[api]
    assert isinstance(stated, ApiGateway)
    if unknown := sorted(set(stated.routes) - set(stated.calls)):
        raise ValueError(f"the route '{unknown[0]}' has no call with that key")
    if stated.endpoint in ("edge", "private"):
        raise ValueError(f"an HTTP API cannot have the endpoint '{stated.endpoint}'")
    if stated.authorization is None:
        raise ValueError("the model does not state the `authorization` of the API; `none` lets everyone call it")
    if stated.authorization not in _AUTHORIZATIONS:
        raise ValueError(f"the routes of an HTTP API cannot have the authorization '{stated.authorization}'")
    kind, authorizer = _AUTHORIZATIONS[stated.authorization]
    found: dict[str, dict[str, Any]] = {}
    for connection in api_requests(a):
        for route in stated.routes[connection.key] if connection.tail == api else ():
            if route in found:
                raise ValueError(f"the requests '{route}' go to two functions")
            found[route] = {"authorization_type": kind, "authorizer_key": authorizer, "function": connection.head}
    return dict(sorted(found.items()))


def lacks_authorizer(a: Architecture) -> bool:
    """Whether an HTTP API has routes that need an authorizer, whose settings a model does not have."""
    return any(api.type == "http" and api.authorization in ("jwt", "custom") for _name, api in a.of_kind(ApiGateway))


def lacks_domain(a: Architecture) -> bool:
    """Whether an HTTP API has domains, for which only the stack can say which certificate they have."""
    return any(api.type == "http" and api.domains for _name, api in a.of_kind(ApiGateway))
