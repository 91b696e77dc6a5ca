"""NET108: no way leads from the internet into the architecture without passing its web application firewall."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.actor import Actor
from archgen.kinds.waf import Waf
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE

CODE = "NET108"
TITLE = "Traffic from the internet can bypass the firewall"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The first connection of each such way that leaves the edge, in a model with a firewall: one walk from all actors."""
    firewalls = {name for name, _waf in architecture.of_kind(Waf)}
    if not firewalls:
        return
    calls: dict[str, list[str]] = {}
    for connection in architecture.connections:
        if not connection.from_segment:
            calls.setdefault(connection.tail, []).append(connection.head)
    waiting = [name for name, _actor in architecture.of_kind(Actor)]
    seen = set(waiting)
    while waiting:
        tail = waiting.pop()
        for head in calls.get(tail, ()):
            if head in firewalls or head in seen:
                continue
            if architecture.place(architecture.components[head]) in (EDGE, OUTSIDE):
                seen.add(head)
                waiting.append(head)
            else:
                message = f"the internet reaches '{head}' through '{tail}', around the firewall"
                help_ = "lead it through the firewall, or waive it where there is nothing to attack"
                yield Diagnostic(CODE, message, help_, ("components", tail, "calls", head))
