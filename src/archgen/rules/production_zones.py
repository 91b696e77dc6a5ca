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
    """A finding for each active region of production with fewer zones than production usually has on its cloud."""
    if not architecture.environment.production:
        return
    cloud: Path = ("clouds", architecture.coordinate.cloud)
    for id_, region in architecture.regions.items():
        home = id_ == HOME
        if region.role == "active" and (region.zones or (home and architecture.tiers)):
            path: Path = (*cloud, *(() if home else ("regions", id_)), "availability_zones")
            yield _region(architecture, region, path)


def _region(a: Architecture, region: PlacedRegion, path: Path) -> Outcome:
    count, usual = len(region.zones), a.facts.usual_zones
    if usual is None:
        facts = ("clouds", a.coordinate.cloud, "facts")
        what = f"how many zones production usually has on {a.facts.name}"
        return Unsaid(path, Lack(facts, what, "state `usual_zones`"))
    if count >= usual:
        return Passed(path)
    several = [other for other in a.regions.values() if other.role == "active" and other.zones]
    where = f" in {region.name}" if len(several) > 1 else ""
    message = f"production uses {count} availability zone{'s' if count > 1 else ''}{where}, fewer than {usual}"
    help_ = "add zones of the region"
    if usual == 3:
        help_ += "; with three, the loss of one leaves two"
    return Diagnostic(CODE, message, help_, path)
