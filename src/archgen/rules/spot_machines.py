"""HA222: machines of production do not run on capacity that the cloud takes back."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "HA222"
TITLE = "All machines can be taken back at the same time"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each machine or group of machines of production on spot capacity; batch jobs are started again."""
    for name, spot in with_key(architecture, "spot") if architecture.environment.production else ():
        if architecture.traits(name).copies is None:
            continue
        message = f"the cloud can take back all machines of '{name}' in production at short notice"
        help_ = "set spot: false, or waive this finding if its work can wait"
        problem = Diagnostic(CODE, message, help_, ("components", name, "spot")) if spot else None
        yield judge(architecture, name, "spot", spot, problem)
