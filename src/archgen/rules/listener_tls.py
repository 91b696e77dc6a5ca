"""NET109: what takes requests from the internet takes them by TLS only."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture

CODE = "NET109"
TITLE = "Requests from the internet are not encrypted"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every load balancer that faces the internet."""
    for name, balancer in architecture.of_kind(LoadBalancer):
        if balancer.scheme == "internet-facing" and not balancer.tls:
            message = f"'{name}' takes requests from the internet without TLS"
            help_ = "set tls to true, and let plain HTTP be redirected"
            yield Diagnostic(CODE, message, help_, ("components", name, "tls"))
