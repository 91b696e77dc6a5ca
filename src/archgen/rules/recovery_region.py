"""DR301: the recovery region differs from the region itself."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "DR301"
TITLE = "The recovery region is the same as the primary region"
SEVERITY = "error"
ABSENCE = {"recovery_region": "Without a recovery region, there is nothing to compare."}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding if both regions of the cloud are the same."""
    cloud = architecture.cloud
    path: Path = ("clouds", architecture.coordinate.cloud, "recovery_region")
    if architecture.recovery_region is None:
        return
    if cloud.recovery_region == cloud.region:
        message = f"the recovery region {cloud.region} is also the primary region"
        help_ = "choose a different region that is far enough away and offers the same services"
        yield Diagnostic(CODE, message, help_, path)
    else:
        yield Passed(path if cloud.recovery_region else (*path[:2], "regions"))
