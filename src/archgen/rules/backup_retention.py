"""DATA401: databases keep backups long enough, and no longer than their product allows."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import unsaid, with_setting

CODE = "DATA401"
TITLE = "Backups are kept for too short a time, or longer than the product allows"
SEVERITY = "error"

LEAST, LEAST_IN_PRODUCTION = 7, 30  # days; wrong data is often discovered only at the end of a month


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each database whose retention exceeds the catalog's limit or is too short for its environment."""
    least = LEAST_IN_PRODUCTION if architecture.environment.production else LEAST
    for name, wanted in with_setting(architecture, "backup.retention_days"):
        product = architecture.product(architecture.components[name])
        most = product.limits.get("backup_retention_days") if product else None
        path = ("components", name, "backup", "retention_days")
        if wanted is None:
            yield unsaid(*path)
        elif product and most is not None and wanted > most:
            message = f"{product.name} keeps backups for at most {most} days, not {wanted}"
            help_ = f"set at most {most} days, and copy backups that must be kept longer to a different place"
            yield Diagnostic(CODE, message, help_, path)
        elif wanted < least:
            message = f"'{name}' keeps backups for {wanted} days; at least {least} days are required here"
            yield Diagnostic(CODE, message, f"set at least {least} days", path)
        else:
            yield Passed(path)
