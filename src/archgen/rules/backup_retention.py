"""DATA401: a database keeps backups no longer than its product can."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostic import Diagnostic
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every database, against the limit in the catalog."""
    for name, component in architecture.of_kind(Postgresql):
        product = architecture.product(component)
        most = product.limits.get("backup_retention_days") if product else None
        wanted = component.backup.retention_days
        if product and most is not None and wanted > most:
            message = f"{product.name} keeps backups for at most {most} days, not {wanted}"
            help_ = "keep fewer here, and copy what must live longer elsewhere"
            yield Diagnostic("DATA401", message, help_, ("components", name, "backup", "retention_days"))
