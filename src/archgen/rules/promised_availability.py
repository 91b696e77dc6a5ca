"""HA208: no objective exceeds the combined service levels of the products that it depends on."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.availability import Promise, of_component
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid

CODE = "HA208"
TITLE = "An objective promises more than the products guarantee"
SEVERITY = "info"

MEASURED = ("availability", "errors")


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production objective for availability or errors that exceeds the combined service levels."""
    if not architecture.environment.production:
        return
    for name, objective in architecture.document.observability.objectives.items():
        if objective.signal not in MEASURED:
            continue
        promised = of_component(architecture, objective.component)
        path = ("observability", "objectives", name, "percent")
        if promised.at_most is not None and objective.percent > promised.at_most:
            together = f"the combined service level of its products is {promised.text}"
            message = f"the objective '{objective.title}' requires {objective.percent:g}%, but {together}"
            help_ = "lower the objective, depend on fewer products, or accept that no vendor guarantees it"
            yield Diagnostic(CODE, message, help_, path)
            continue
        lacks = list(_lacks(architecture, promised))
        yield from (Unsaid(path, lack) for lack in lacks)
        if promised.parts and not lacks:
            yield Passed(path)


def _lacks(a: Architecture, promised: Promise) -> Iterator[Lack]:
    """What is missing for each product of which no service level is known. Components that a team runs itself have no vendor."""
    for name in promised.unknown:
        product = a.product(a.components[name])
        if product and product.cloud != "neutral":
            what = f"which availability the vendor of {product.name} promises"
            help_ = "use a product that has a service level agreement, or declare it with `sla` under `products`"
            yield Lack(("components", name, "product"), what, help_)
