"""NET113: somebody can find out later which addresses spoke to which."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "NET113"
TITLE = "A network has no flow logs"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The network of production."""
    network = architecture.document.network
    if network and network.flow_logs is None and architecture.environment.production:
        message = "the network keeps no record of its traffic in production"
        yield Diagnostic(CODE, message, "add flow_logs with retention_days", ("network",))
