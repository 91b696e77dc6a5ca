"""HA205 and HA207: production services have a disruption budget, and no budget prevents nodes from being drained."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture

CODE = "HA205"
TITLE = "A production service has no disruption budget"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each production service without a budget (HA205), and for each budget that blocks every drain (HA207)."""
    for name, service in architecture.of_kind(Service):
        kept = service.disruption_budget.min_available if service.disruption_budget else 0
        path = ("components", name, *(("disruption_budget", "min_available") if service.disruption_budget else ()))
        if architecture.environment.production and not kept:
            message = f"all pods of '{name}' can be evicted at the same time in production"
            help_ = "add `disruption_budget` with a `min_available` of at least 1"
            yield Diagnostic(CODE, message, help_, path)
        if kept and service.scaling and kept >= service.scaling.min:
            message = (
                f"'{name}' can scale down to {service.scaling.min}, but {kept} must stay available: "
                "its nodes cannot be drained"
            )
            help_ = "set `min_available` lower than `scaling.min`"
            yield Diagnostic("HA207", message, help_, path)
