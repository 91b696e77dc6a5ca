"""NET111: a connection from one tier into another can be written as a firewall rule, and leads inwards."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.cache import Cache
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture, Connection

CODE = "NET111"
TITLE = "No firewall rule can allow a connection, or it leads out of the network"
SEVERITY = "error"

INWARDS = {"both": 0, "outbound": 1, "none": 2}  # how far a tier is from the internet


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every connection between different components in tiers. Rules are made of connections, so there is none that no connection needs."""
    for connection in architecture.connections:
        if connection.from_segment or connection.tail == connection.head:
            continue
        path = ("components", connection.tail, "calls", connection.head)
        if isinstance(architecture.components[connection.tail], (Cache, Postgresql)):
            message = f"'{connection.tail}' keeps data, and opens a connection to '{connection.head}'"
            help_ = "stores answer and do not call: let whoever reads both call each of them"
            yield Diagnostic(CODE, message, help_, path)
            continue
        tiers = [architecture.tiers.get(architecture.place(architecture.components[end])) for end in _ends(connection)]
        tail, head = tiers
        if tail is None or head is None or tail is head:
            continue
        if connection.call.port is None:
            message = f"'{connection.tail}' reaches '{connection.head}' in another tier, on a port that nobody knows"
            yield Diagnostic(CODE, message, "state port and protocol, so that exactly those can be allowed", path)
        elif INWARDS[head.internet] < INWARDS[tail.internet]:
            message = f"'{connection.tail}' opens a connection outwards, to '{connection.head}' in the tier {head.name}"
            yield Diagnostic(CODE, message, "turn it around: let the tier nearer to the internet call", path)


def _ends(connection: Connection) -> tuple[str, str]:
    return connection.tail, connection.head
