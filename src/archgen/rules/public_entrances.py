"""NET107: public load balancers and CDNs are protected by a web application firewall."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Severity
from archgen.kinds.cdn import Cdn
from archgen.kinds.load_balancer import LoadBalancer
from archgen.kinds.waf import Waf
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "NET107"
TITLE = "A public entry point has no web application firewall"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each public load balancer or CDN that neither calls a firewall nor is called by one."""
    firewalls = {name for name, _waf in architecture.of_kind(Waf)}
    guarded = {c.head for c in architecture.traffic if c.tail in firewalls}
    guarded |= {c.tail for c in architecture.traffic if c.head in firewalls}
    balancers = ((n, b) for n, b in architecture.of_kind(LoadBalancer) if b.scheme == "internet-facing")
    for name, _component in (*balancers, *architecture.of_kind(Cdn)):
        if name not in guarded:
            message = f"'{name}' is open to the internet without a web application firewall"
            help_ = "add a component of the kind waf, and a call between the two in either direction"
            severity: Severity = "error" if architecture.environment.production else "warning"
            yield Diagnostic(CODE, message, help_, ("components", name), severity=severity)
        else:
            yield Passed(("components", name))
