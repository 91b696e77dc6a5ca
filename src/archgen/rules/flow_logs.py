"""NET113: the network has flow logs in production."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "NET113"
TITLE = "A network has no flow logs"
SEVERITY = "warning"
ABSENCE = {
    "flow_logs": "Flow logs are a part of the network: without them, the model states none.",
    "network": "Without `network`, there is nothing to check.",
}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding if the network of a production environment has no flow logs."""
    network = architecture.document.network
    if not network or not architecture.environment.production:
        return
    if network.flow_logs is None:
        message = "the model states no flow logs of the network in production"
        yield Diagnostic(CODE, message, "add `flow_logs` with `retention_days`", ("network",))
    else:
        yield Passed(("network", "flow_logs"))
