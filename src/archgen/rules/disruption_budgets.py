"""HA205: in production, every service has a disruption budget."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture

CODE = "HA205"
TITLE = "A production service has no disruption budget"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every service of production."""
    if not architecture.environment.production:
        return
    for name, service in architecture.of_kind(Service):
        budget = service.disruption_budget
        if not (budget and budget.min_available):
            path = ("components", name, *(("disruption_budget", "min_available") if budget else ()))
            message = f"all pods of '{name}' may be evicted at once in production"
            help_ = "give it a disruption_budget whose min_available is 1 or more"
            yield Diagnostic(CODE, message, help_, path)
