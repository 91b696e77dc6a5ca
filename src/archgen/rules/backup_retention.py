"""DATA401: a database keeps backups long enough, and no longer than its product can."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture

CODE = "DATA401"
TITLE = "Backups are kept for too short a time, or longer than the product allows"
SEVERITY = "error"

LEAST, LEAST_IN_PRODUCTION = 7, 30  # days: a fault in data is often found only at the end of a month


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every database, against the limit in the catalog and what its environment needs."""
    least = LEAST_IN_PRODUCTION if architecture.environment.production else LEAST
    for name, component in architecture.of_kind(Postgresql):
        product = architecture.product(component)
        most = product.limits.get("backup_retention_days") if product else None
        wanted = component.backup.retention_days
        path = ("components", name, "backup", "retention_days")
        if product and most is not None and wanted > most:
            message = f"{product.name} keeps backups for at most {most} days, not {wanted}"
            help_ = "keep fewer here, and copy what must live longer elsewhere"
            yield Diagnostic(CODE, message, help_, path)
        elif wanted < least:
            message = f"'{name}' keeps backups for {wanted} days; {least} are the least here"
            yield Diagnostic(CODE, message, f"keep them for {least} days or more", path)
