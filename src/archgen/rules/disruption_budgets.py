"""HA205: production services have a disruption budget."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "HA205"
TITLE = "A production service has no disruption budget"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production service whose pods can all be evicted at the same time."""
    for name, service in architecture.of_kind(Service) if architecture.environment.production else ():
        kept = service.disruption_budget.min_available if service.disruption_budget else 0
        path = ("components", name, *(("disruption_budget", "min_available") if service.disruption_budget else ()))
        if not kept:
            message = f"all pods of '{name}' can be evicted at the same time in production"
            help_ = "add `disruption_budget` with a `min_available` of at least 1"
            yield Diagnostic(CODE, message, help_, path)
        else:
            yield Passed(path)
