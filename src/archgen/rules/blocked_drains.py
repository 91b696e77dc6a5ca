"""HA207: no disruption budget prevents nodes from being drained."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import unsaid

CODE = "HA207"
TITLE = "A disruption budget blocks every drain"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each service whose budget requires as many pods as its minimum number, so that none can be evicted."""
    for name, service in architecture.of_kind(Service):
        kept = service.disruption_budget.min_available if service.disruption_budget else 0
        if not kept:
            continue
        if service.scaling is None:
            yield unsaid("components", name, "scaling", "min")
            continue
        path = ("components", name, "disruption_budget", "min_available")
        if kept >= service.scaling.min:
            message = (
                f"'{name}' can scale down to {service.scaling.min}, but {kept} must stay available: "
                "its nodes cannot be drained"
            )
            help_ = "set `min_available` lower than `scaling.min`"
            yield Diagnostic(CODE, message, help_, path)
        else:
            yield Passed(path)
