"""NET104: production spreads over three zones, so that the loss of one leaves two."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.model.regions import HOME, PlacedRegion

CODE = "NET104"
TITLE = "Production runs in fewer than three zones"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each region in which production works all the time in fewer zones than production usually has on its cloud."""
    if not architecture.environment.production:
        return
    cloud: Path = ("clouds", architecture.coordinate.cloud)
    used = {
        id_
        for c in architecture.components.values()
        for id_, role in architecture.regions_of(c).items()
        if role == "active"
    }
    for id_, region in architecture.regions.items():
        if id_ == HOME and (region.zones or architecture.tiers):
            yield _region(architecture, region, (*cloud, "availability_zones"))
        elif id_ in used and region.zones:
            yield _region(architecture, region, (*cloud, "regions", id_, "availability_zones"))


def _region(a: Architecture, region: PlacedRegion, path: Path) -> Outcome:
    count, usual = len(region.zones), a.facts.usual_zones
    if usual is None:
        facts = ("clouds", a.coordinate.cloud, "facts")
        what = f"how many zones production usually has on {a.facts.name}"
        return Unsaid(path, Lack(facts, what, "state `usual_zones`"))
    if count >= usual:
        return Passed(path)
    several = [other for other in a.regions.values() if other.zones]
    where = f" in {region.name}" if len(several) > 1 else ""
    message = f"production uses {count} availability zone{'s' if count > 1 else ''}{where}, fewer than {usual}"
    help_ = "add zones of the region"
    if usual == 3:
        help_ += "; with three, the loss of one leaves two"
    return Diagnostic(CODE, message, help_, path)
