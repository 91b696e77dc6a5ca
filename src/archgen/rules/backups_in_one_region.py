"""DR306: backups are also kept in the recovery region."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._backups import backups
from archgen.rules._stated import judge

CODE = "DR306"
TITLE = "Backups are lost together with their region"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each backup service of production whose copies stay in their region, on a cloud with a recovery region."""
    if not architecture.environment.production or not architecture.recovery_region:
        return
    for name, service, _protected in backups(architecture):
        copied = getattr(service, "copied_to_recovery_region", None)
        path = ("components", name, "copied_to_recovery_region")
        message = (
            f"the copies of '{name}' are not in {architecture.recovery_region}, where the system is to be recovered"
        )
        help_ = "copy them there, and set copied_to_recovery_region: true"
        problem = None if copied else Diagnostic(CODE, message, help_, path)
        yield judge(architecture, name, "copied_to_recovery_region", copied, problem)
