"""HA205: production services have a disruption budget."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import unsaid

CODE = "HA205"
TITLE = "All pods of a production service can be evicted at once"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production service whose pods can all be evicted at the same time."""
    for name, service in architecture.of_kind(Service) if architecture.environment.production else ():
        path = ("components", name, "disruption_budget", "min_available")
        if service.disruption_budget is None:
            yield unsaid(*path)
        elif not service.disruption_budget.min_available:
            message = f"all pods of '{name}' can be evicted at the same time in production"
            yield Diagnostic(CODE, message, "set `min_available` to at least 1", path)
        else:
            yield Passed(path)
