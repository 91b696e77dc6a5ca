"""NET104: production spreads over three zones, so that the loss of one leaves two."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "NET104"
TITLE = "Production runs in fewer than three zones"
SEVERITY = "error"

LEAST = 3


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The zones of the cloud that production is in."""
    zones = architecture.zones
    if architecture.environment.production and len(zones) < LEAST:
        message = f"production is in {len(zones)} availability zone{'s' if len(zones) > 1 else ''}, not in {LEAST}"
        help_ = "name further zones of the region; with three, the loss of one leaves two that back each other up"
        yield Diagnostic(CODE, message, help_, ("clouds", architecture.coordinate.cloud, "availability_zones"))
