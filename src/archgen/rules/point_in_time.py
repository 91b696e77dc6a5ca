"""DATA402: a database can be restored to any second."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Severity
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture

CODE = "DATA402"
TITLE = "A database cannot be restored to a point in time"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every database; an error in production, a warning elsewhere."""
    for name, database in architecture.of_kind(Postgresql):
        if not database.backup.point_in_time_recovery:
            message = f"'{name}' can only be restored to its last daily backup"
            path = ("components", name, "backup", "point_in_time_recovery")
            severity: Severity = "error" if architecture.environment.production else "warning"
            yield Diagnostic(CODE, message, "set point_in_time_recovery to true", path, severity=severity, fix="true")
