"""DR301: the recovery region differs from the region itself."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "DR301"
TITLE = "The recovery region is the region itself"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding if both regions of the cloud are the same."""
    cloud = architecture.cloud
    if cloud.recovery_region == cloud.region:
        message = f"the recovery region is {cloud.region}, the same region that it should replace"
        help_ = "choose another region that is far enough away and has the same services"
        yield Diagnostic(CODE, message, help_, ("clouds", architecture.coordinate.cloud, "recovery_region"))
