"""NET107: what answers the internet has a web application firewall in front of it, or on it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Severity
from archgen.kinds.cdn import Cdn
from archgen.kinds.load_balancer import LoadBalancer
from archgen.kinds.waf import Waf
from archgen.model.architecture import Architecture

CODE = "NET107"
TITLE = "A public entry point has no web application firewall"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every public load balancer and every CDN: one that calls a firewall, or is called by one, has it."""
    firewalls = {name for name, _waf in architecture.of_kind(Waf)}
    guarded = {c.head for c in architecture.connections if c.tail in firewalls}
    guarded |= {c.tail for c in architecture.connections if c.head in firewalls}
    balancers = ((n, b) for n, b in architecture.of_kind(LoadBalancer) if b.scheme == "internet-facing")
    for name, _component in (*balancers, *architecture.of_kind(Cdn)):
        if name not in guarded:
            message = f"'{name}' answers the internet without a web application firewall"
            help_ = "add a component of kind waf, and let it call this one, or this one call it"
            severity: Severity = "error" if architecture.environment.production else "warning"
            yield Diagnostic(CODE, message, help_, ("components", name), severity=severity)
