"""SEC507: people who operate production can reach what is private there."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.remote_access import RemoteAccess
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.outcome import Outcome, Passed
from archgen.rules._private_parts import private_parts

CODE = "SEC507"
TITLE = "No way in leads to what is private in production"
SEVERITY = "warning"
ABSENCE = {"kind": "A call of a person is a request unless the model states that it is control."}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each private API server and each database in a private tier to which no way in for people leads."""
    if not architecture.environment.production:
        return
    led_to = {c.head for c in architecture.traffic if _lets_people_in(architecture, c)}
    for name, what in private_parts(architecture):
        if name in led_to:
            yield Passed(("components", name))
        else:
            message = f"{what} is private in production, and the model states no way in for people that leads there"
            help_ = f"add a component of the kind remote-access that calls '{name}' with `kind: control`"
            yield Diagnostic(CODE, message, help_, ("components", name))


def _lets_people_in(a: Architecture, connection: Connection) -> bool:
    """Whether a connection is that of a way in, or of people who are in the network already, as in an office that is joined to it."""
    tail = a.components[connection.tail]
    return isinstance(tail, RemoteAccess) or (tail.person and connection.kind == "control")
