"""HA208: no objective exceeds the combined service levels of the products that it depends on."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.availability import of_component
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "HA208"
TITLE = "An objective promises more than the products guarantee"
SEVERITY = "info"

MEASURED = ("availability", "errors")


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each production objective for availability or errors that exceeds the combined service levels."""
    if not architecture.environment.production:
        return
    for name, objective in architecture.document.observability.objectives.items():
        if objective.signal not in MEASURED:
            continue
        promised = of_component(architecture, objective.component)
        if promised.at_most is not None and objective.percent > promised.at_most:
            together = f"the combined service level of its products is {promised.text}"
            message = f"the objective '{objective.title}' requires {objective.percent:g}%, but {together}"
            help_ = "lower the objective, depend on fewer products, or accept that no vendor guarantees it"
            path = ("observability", "objectives", name, "percent")
            yield Diagnostic(CODE, message, help_, path)
