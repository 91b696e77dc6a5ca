"""HA208: an objective asks for no more than the products under it promise together."""

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
    """Every objective of production about answers, against what its component needs to give them."""
    if not architecture.environment.production:
        return
    for name, objective in architecture.document.observability.objectives.items():
        if objective.signal not in MEASURED:
            continue
        promised = of_component(architecture, objective.component)
        if promised.parts and objective.percent > promised.percent:
            together = f"the products under it promise {promised.percent:.2f} % together"
            message = f"'{objective.title}' asks for {objective.percent:g} %; {together}"
            help_ = "ask for less, need fewer of them, or accept that no vendor stands behind it"
            path = ("observability", "objectives", name, "percent")
            yield Diagnostic(CODE, message, help_, path)
