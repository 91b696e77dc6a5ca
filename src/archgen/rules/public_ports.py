"""NET112: only HTTP and HTTPS are open to the internet."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.actor import Actor
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "NET112"
TITLE = "A port other than 80 and 443 is open to the internet"
SEVERITY = "error"

OPEN = (80, 443)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each call by an actor or to a public load balancer on another port."""
    public = {name for name, b in architecture.of_kind(LoadBalancer) if b.scheme == "internet-facing"}
    for connection in architecture.traffic:
        tail = architecture.components.get(connection.tail)
        inside = connection.tail == connection.head
        if inside or not (isinstance(tail, Actor) or connection.head in public):
            continue
        path = (*connection.path, "port")
        if connection.call.port in OPEN:
            yield Passed(path)
        elif connection.call.port is not None:
            message = f"'{connection.head}' is open to the internet on port {connection.call.port}"
            help_ = "open only port 443 to the internet; administrators can connect through the cloud provider's session service"
            yield Diagnostic(CODE, message, help_, path)
