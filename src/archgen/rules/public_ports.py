"""NET112: the internet finds nothing open but HTTP and HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.actor import Actor
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture

CODE = "NET112"
TITLE = "A port other than 80 and 443 is open to the internet"
SEVERITY = "error"

OPEN = (80, 443)


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """What actors call, and what public load balancers are called on."""
    public = {name for name, b in architecture.of_kind(LoadBalancer) if b.scheme == "internet-facing"}
    for connection in architecture.connections:
        tail = architecture.components.get(connection.tail)
        inside = connection.from_segment or connection.tail == connection.head
        if inside or not (isinstance(tail, Actor) or connection.head in public):
            continue
        if connection.call.port not in (*OPEN, None):
            message = f"'{connection.head}' is open to the internet on port {connection.call.port}"
            help_ = "let the internet in on 443 only, and people through a session of the cloud's own"
            yield Diagnostic(CODE, message, help_, ("components", connection.tail, "calls", connection.head, "port"))
