"""NET109: internet-facing load balancers accept TLS only."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated

CODE = "NET109"
TITLE = "Requests from the internet are not encrypted"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each internet-facing load balancer without TLS."""
    for name, balancer in architecture.of_kind(LoadBalancer):
        if balancer.scheme != "internet-facing":
            continue
        if not balancer.tls:
            message = f"'{name}' accepts requests from the internet without TLS"
            help_ = "set tls: true, and redirect plain HTTP"
            yield Diagnostic(CODE, message, help_, ("components", name, "tls"))
        else:
            yield passed_if_stated(architecture, "components", name, "tls")
