"""HA205 and HA207: in production a service has a disruption budget, and no budget stops every drain."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """HA205 for services of production, HA207 for services everywhere."""
    for name, service in architecture.of_kind(Service):
        kept = service.disruption_budget.min_available if service.disruption_budget else 0
        path = ("components", name, *(("disruption_budget", "min_available") if service.disruption_budget else ()))
        if architecture.environment.production and not kept:
            message = f"all pods of '{name}' may be evicted at once in production"
            help_ = "give it a disruption_budget whose min_available is 1 or more"
            yield Diagnostic("HA205", message, help_, path, severity="warning")
        if kept and service.scaling and kept >= service.scaling.min:
            message = (
                f"'{name}' may shrink to {service.scaling.min}, and {kept} must stay: no node under it can be drained"
            )
            help_ = "let min_available be less than the fewest pods"
            yield Diagnostic("HA207", message, help_, path, severity="warning")
