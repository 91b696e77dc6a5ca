"""SEC507: people who operate production can reach what is private there."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.postgresql import Postgresql
from archgen.kinds.remote_access import RemoteAccess
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.outcome import Outcome, Passed

CODE = "SEC507"
TITLE = "No way in leads to what is private in production"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each private API server and each database in a private tier to which no way in for people leads."""
    if not architecture.environment.production:
        return
    led_to = {c.head for c in architecture.traffic if _lets_people_in(architecture, c)}
    for name, what in _private(architecture):
        if name in led_to:
            yield Passed(("components", name))
        else:
            message = f"{what} is private in production, and no way in for people leads there"
            help_ = f"add a component of the kind remote-access that calls '{name}' with `kind: control`"
            yield Diagnostic(CODE, message, help_, ("components", name))


def _lets_people_in(a: Architecture, connection: Connection) -> bool:
    """Whether a connection is that of a way in, or of people who are in the network already, as in an office that is joined to it."""
    tail = a.components[connection.tail]
    return isinstance(tail, RemoteAccess) or (tail.person and connection.kind == "control")


def _private(a: Architecture) -> Iterator[tuple[str, str]]:
    """The ids of what people cannot reach directly although runbooks need it, each with a phrase that names it."""
    for name, component in a.components.items():
        if isinstance(component, KubernetesCluster) and component.endpoint == "private":
            yield name, f"the API server of '{name}'"
        if isinstance(component, Postgresql) and a.internet_of(component) in ("outbound", "none"):
            yield name, f"'{name}'"
