"""NET104: production spreads over three zones, so that the loss of one leaves two."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid

CODE = "NET104"
TITLE = "Production runs in fewer than three zones"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for a production environment with fewer zones than production usually has on its cloud."""
    zones, usual = architecture.zones, architecture.facts.usual_zones
    if not architecture.environment.production or not (zones or architecture.tiers):
        return
    path = ("clouds", architecture.coordinate.cloud, "availability_zones")
    if usual is None:
        facts = ("clouds", architecture.coordinate.cloud, "facts")
        what = f"how many zones production usually has on {architecture.facts.name}"
        yield Unsaid(path, Lack(facts, what, "state `usual_zones`"))
    elif len(zones) < usual:
        message = f"production uses {len(zones)} availability zone{'s' if len(zones) > 1 else ''}, fewer than {usual}"
        help_ = "add zones of the region"
        if usual == 3:
            help_ += "; with three, the loss of one leaves two"
        yield Diagnostic(CODE, message, help_, path)
    else:
        yield Passed(path)
