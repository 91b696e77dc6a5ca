"""NET111: each connection between tiers can be written as a firewall rule, and leads inward."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.outcome import Outcome, Passed

CODE = "NET111"
TITLE = "A connection between tiers has no port, or is opened in the wrong direction"
SEVERITY = "error"
ABSENCE = {"port": "A call without a port cannot be written as a firewall rule, which is the finding."}

INWARDS = {"both": 0, "outbound": 1, "none": 2}  # distance of a tier from the internet


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each connection that is opened by a data store, has no port, or leads to a tier closer to the internet."""
    for connection in architecture.traffic:
        if connection.tail == connection.head or connection.by_api:
            continue
        path = connection.path
        if architecture.components[connection.tail].data_store:
            message = f"the data store '{connection.tail}' opens a connection to '{connection.head}'"
            help_ = (
                "a data store only accepts connections; declare a call to each of them in the component that uses both"
            )
            yield Diagnostic(CODE, message, help_, path)
            continue
        tiers = [architecture.tiers.get(architecture.place(architecture.components[end])) for end in _ends(connection)]
        tail, head = tiers
        if tail is None or head is None or tail is head:
            continue
        if connection.call.port is None:
            message = f"the call from '{connection.tail}' to '{connection.head}' in another tier has no port"
            help_ = "add `port` and `protocol`, so that a firewall rule can allow exactly this call"
            yield Diagnostic(CODE, message, help_, path)
        elif INWARDS[head.internet] < INWARDS[tail.internet]:
            message = f"'{connection.tail}' calls '{connection.head}' in the tier {head.name}, which is closer to the internet"
            yield Diagnostic(CODE, message, "reverse the call: only the outer tier should open connections", path)
        else:
            yield Passed(path)


def _ends(connection: Connection) -> tuple[str, str]:
    return connection.tail, connection.head
