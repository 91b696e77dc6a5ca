"""NET108: every path from the internet into the architecture passes its web application firewall."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.remote_access import RemoteAccess
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE
from archgen.model.outcome import Outcome, Passed

CODE = "NET108"
TITLE = "Traffic from the internet can bypass the firewall"
SEVERITY = "warning"
ABSENCE: dict[str, str] = {}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for the first connection behind the edge on each path that avoids the firewall, in a model with a firewall.

    A way in for people who sign on is not such a path: a firewall that inspects web requests cannot inspect sessions.
    """
    firewalls = {name for name, component in architecture.components.items() if component.firewall}
    if not firewalls:
        return
    # People in our data centers and offices are not the internet.
    people = (name for name, component in architecture.components.items() if component.person)
    waiting = [name for name in people if not architecture.is_on_premises(architecture.components[name])]
    seen = set(waiting)
    bypassed = False
    while waiting:
        tail = waiting.pop()
        for connection in architecture.traffic_from(tail):
            head = connection.head
            if head in firewalls or head in seen or isinstance(architecture.components[head], RemoteAccess):
                continue
            if architecture.place(architecture.components[head]) in (EDGE, OUTSIDE):
                seen.add(head)
                waiting.append(head)
            else:
                bypassed = True
                message = f"the internet can reach '{head}' through '{tail}', bypassing the firewall"
                help_ = "route it through the firewall, or waive this if there is nothing to attack"
                yield Diagnostic(CODE, message, help_, connection.path)
    if seen and not bypassed:
        yield from (Passed(("components", name)) for name in sorted(firewalls))
