"""DR301: the recovery region differs from the region itself."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "DR301"
TITLE = "The recovery region is the same as the primary region"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding if both regions of the cloud are the same."""
    cloud = architecture.cloud
    if cloud.recovery_region == cloud.region:
        message = f"the recovery region {cloud.region} is also the primary region"
        help_ = "choose a different region that is far enough away and offers the same services"
        yield Diagnostic(CODE, message, help_, ("clouds", architecture.coordinate.cloud, "recovery_region"))
