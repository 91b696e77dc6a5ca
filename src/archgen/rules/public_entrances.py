"""NET107: public load balancers and CDNs are protected by a web application firewall."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Severity
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import faces_internet

CODE = "NET107"
TITLE = "A public entry point has no web application firewall"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each entrance from the internet without a firewall before it, behind it or on every way to it."""
    firewalls = {name for name, component in architecture.components.items() if component.firewall}
    guarded = {c.head for c in architecture.traffic if c.tail in firewalls}
    guarded |= {c.tail for c in architecture.traffic if c.head in firewalls}
    behind = _reached_by_people(architecture, set()) - _reached_by_people(architecture, firewalls)
    guarded |= {name for name in behind if not _has_public_address(architecture, name)}
    people = {name for name, component in architecture.components.items() if component.person}
    called_by_people = {c.head for c in architecture.traffic if c.tail in people and c.kind != "control"}
    for name in architecture.components:
        entrance = _is_entrance(architecture, name, called=name in called_by_people)
        if isinstance(entrance, Lack):
            yield Passed(("components", name)) if name in guarded else Unsaid(("components", name), entrance)
        elif not entrance:
            continue
        elif name not in guarded:
            message = f"'{name}' is open to the internet without a web application firewall"
            help_ = "add a component of the kind waf, and a call between the two in either direction"
            severity: Severity = "error" if architecture.environment.production else "warning"
            yield Diagnostic(CODE, message, help_, ("components", name), severity=severity)
        else:
            yield Passed(("components", name))


def _has_public_address(a: Architecture, name: str) -> bool:
    """Whether the model states that a component can be reached directly, so that a firewall on the stated ways can be bypassed."""
    component = a.components[name]
    by_itself = component.usual.entrance and a.place(component) != EDGE
    return faces_internet(component) or bool(by_itself or component.traits.entrance)


def _reached_by_people(a: Architecture, without: set[str]) -> set[str]:
    """The components to which requests of people lead, without going through some of them."""
    found = {name for name, component in a.components.items() if component.person}
    waiting = list(found)
    while waiting:
        ends = {c.head for c in a.traffic_from(waiting.pop()) if c.kind != "control"} - found - without
        found |= ends
        waiting += sorted(ends)
    return found


def _is_entrance(a: Architecture, name: str, *, called: bool) -> bool | Lack:
    """Whether a component can be reached from the internet; what is missing if people call it and the model does not say so.

    `called` is whether people call it.
    """
    component = a.components[name]
    if component.firewall or component.person or a.place(component) == OUTSIDE:
        return False
    if isinstance(component, LoadBalancer) or faces_internet(component):
        return faces_internet(component)
    stated = a.traits(name).entrance
    if stated is not None:
        return stated
    if not called:
        return False
    if component.kind in a.document.kinds:
        what = f"whether components of the kind '{component.kind}' can be reached from the internet"
        return Lack(("kinds", component.kind, "traits", "entrance"), what, "state `traits: {entrance: …}` of the kind")
    what = f"whether '{name}', which people call, can be reached from the internet"
    return Lack(("components", name), what, "state `traits: {entrance: …}` of the component")
