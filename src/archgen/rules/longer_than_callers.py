"""HA213: what answers requests gives up no later than what waits for the answer."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._messages import has_setting
from archgen.rules._stated import unsaid

CODE = "HA213"
TITLE = "A function works longer than its caller waits"
SEVERITY = "warning"

TIMEOUT = "timeout_seconds"
LIMITS = {
    "rest": "rest_timeout_seconds",
    "http": "http_timeout_seconds_max",
    "websocket": "websocket_timeout_seconds_max",
}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each request to a function or container whose longest run is longer than the caller waits."""
    for connection in architecture.traffic:
        tail, head = connection.tail, connection.head
        if connection.kind != "request" or not (_answers(architecture, tail) and _answers(architecture, head)):
            continue
        waits, works = _waits(architecture, tail), getattr(architecture.components[head], TIMEOUT)
        if waits is None:
            yield unsaid("components", tail, TIMEOUT)
        if works is None:
            yield unsaid("components", head, TIMEOUT)
        if waits is None or works is None:
            continue
        if works > waits:
            message = f"'{head}' may work for {works:g} seconds, but '{tail}' waits for {waits:g}"
            help_ = "shorten it, or hand the work over with an event and let the caller ask for the result"
            yield Diagnostic(CODE, message, help_, ("components", head, TIMEOUT))
        else:
            yield Passed(("components", head, TIMEOUT))


def _answers(a: Architecture, name: str) -> bool:
    """Whether a component answers requests within a time that its kind can state. Workflows remember their state, and go on."""
    return (
        has_setting(a, name, TIMEOUT)
        and a.traits(name).stateful is False
        and not has_setting(a, name, "max_processors")
    )


def _waits(a: Architecture, name: str) -> float | None:
    """How long a component waits for an answer at most: what it states, or what its product allows for its type; None if unknown."""
    component = a.components[name]
    stated: float | None = getattr(component, TIMEOUT)
    if stated is not None:
        return stated
    product = a.product(component)
    return product.limits.get(LIMITS.get(getattr(component, "type", None) or "", "")) if product else None
