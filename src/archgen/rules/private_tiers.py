"""NET117: what runs outside of networks reaches a private tier only from an address in the network."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.crossings import places_of
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED
from archgen.model.connections import Connection
from archgen.model.outcome import Outcome, Passed

CODE = "NET117"
TITLE = "A service outside the network calls into a private tier"
SEVERITY = "warning"
ABSENCE = {
    "entrance": "A component in a private tier is an entrance only if the model states it.",
    "endpoint_in": "A component outside of networks has an address in one only if the model states it.",
    "runs_on": "What runs on a cluster is in the network of the cluster.",
}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each connection from the edge or from a regional service into a tier that the internet does not reach.

    Load balancers reach their targets in any tier, and a web firewall is a part of what it protects, so both are left out.
    """
    for connection in architecture.traffic:
        if not _enters_private_tier(architecture, connection):
            continue
        if places_of(architecture, connection.tail):
            yield Passed(connection.path)
            continue
        place = architecture.components[connection.head].place
        if architecture.is_on_premises(architecture.components[connection.head]):
            message = (
                f"the model states no address of '{connection.tail}' in a network, but it calls '{connection.head}' "
                f"at the site '{place}'"
            )
            help_ = (
                f"state `endpoint_in` of '{connection.tail}' if it is connected to a network, or `through` in the call"
            )
        else:
            message = (
                f"the model states no address of '{connection.tail}' in a network, but it calls '{connection.head}' "
                f"in the private tier '{place}'"
            )
            help_ = f"state `endpoint_in: [{place}]` of '{connection.tail}' if it is connected to the network, or call something public"
        yield Diagnostic(CODE, message, help_, connection.path)


def _enters_private_tier(a: Architecture, connection: Connection) -> bool:
    tail, head = a.components[connection.tail], a.components[connection.head]
    if connection.by_api or tail.firewall or isinstance(tail, LoadBalancer) or tail.runs_on:
        return False
    if a.place(tail) not in (EDGE, MANAGED) or a.traits(connection.head).entrance:
        return False
    if a.is_on_premises(head):
        return not connection.call.through
    return a.internet_of(head) in ("outbound", "none")
