"""NET112: only HTTP and HTTPS are open to the internet."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.remote_access import RemoteAccess
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import faces_internet

CODE = "NET112"
TITLE = "A port other than 80 and 443 is open to the internet"
SEVERITY = "error"

OPEN = (80, 443)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each call by an actor or to a public load balancer on another port, except for the port of a VPN."""
    public = {name for name, component in architecture.components.items() if faces_internet(component)}
    for connection in architecture.traffic:
        inside = connection.tail == connection.head
        if inside or not (architecture.components[connection.tail].person or connection.head in public):
            continue
        path = (*connection.path, "port")
        if connection.call.port in OPEN or _is_vpn(architecture, connection.head):
            yield Passed(path)
        elif connection.call.port is not None:
            message = f"'{connection.head}' is open to the internet on port {connection.call.port}"
            help_ = "open only port 443 to the internet; administrators can connect through the cloud provider's session service"
            yield Diagnostic(CODE, message, help_, path)
        elif architecture.place(architecture.components[connection.head]) != OUTSIDE:
            what = f"the port on which '{connection.head}' is open to '{connection.tail}'"
            yield Unsaid(connection.path, Lack(connection.path, what, "state `port` or `protocol` of the call"))


def _is_vpn(a: Architecture, name: str) -> bool:
    """Whether a component is a VPN for people, whose port accepts only computers that have its keys."""
    component = a.components[name]
    return isinstance(component, RemoteAccess) and component.form == "vpn"
