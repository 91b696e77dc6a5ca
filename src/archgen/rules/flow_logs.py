"""NET113: the network has flow logs in production."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "NET113"
TITLE = "A network has no flow logs"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding if the network of a production environment has no flow logs."""
    network = architecture.document.network
    if network and network.flow_logs is None and architecture.environment.production:
        message = "the network has no flow logs in production"
        yield Diagnostic(CODE, message, "add `flow_logs` with `retention_days`", ("network",))
