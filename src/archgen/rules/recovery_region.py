"""DR301: the region for recovery is another than the one to recover from."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "DR301"
TITLE = "The recovery region is the region itself"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The cloud's two regions."""
    cloud = architecture.cloud
    if cloud.recovery_region == cloud.region:
        message = f"the recovery region is {cloud.region}, which would be the one that is lost"
        help_ = "name another region, far enough away and with the same services"
        yield Diagnostic(CODE, message, help_, ("clouds", architecture.coordinate.cloud, "recovery_region"))
