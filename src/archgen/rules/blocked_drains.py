"""HA207: no disruption budget keeps as many pods as there may be, so that nodes can be drained."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture

CODE = "HA207"
TITLE = "A disruption budget blocks every drain"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every service that has both a disruption budget and an autoscaler."""
    for name, service in architecture.of_kind(Service):
        kept = service.disruption_budget.min_available if service.disruption_budget else 0
        if kept and service.scaling and kept >= service.scaling.min:
            path = ("components", name, "disruption_budget", "min_available")
            message = (
                f"'{name}' may shrink to {service.scaling.min}, and {kept} must stay: no node under it can be drained"
            )
            help_ = "let min_available be less than the fewest pods"
            yield Diagnostic(CODE, message, help_, path)
