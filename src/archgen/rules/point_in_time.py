"""DATA402: databases have point-in-time recovery."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Severity
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated, unsaid, with_setting

CODE = "DATA402"
TITLE = "A database cannot be restored to a point in time"
SEVERITY = "error"

# Where kinds state it: relational databases with their backups, other databases by itself. What they can be restored to without it.
SETTINGS = {"backup.point_in_time_recovery": "its last daily backup", "point_in_time_recovery": "its last backup"}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each database without it: an error in production, a warning elsewhere."""
    severity: Severity = "error" if architecture.environment.production else "warning"
    for setting, last in SETTINGS.items():
        for name, on in with_setting(architecture, setting):
            path = ("components", name, *setting.split("."))
            if on is None:
                yield unsaid(*path)
            elif not on:
                message = f"'{name}' can only be restored to {last}"
                yield Diagnostic(CODE, message, "set point_in_time_recovery: true", path, severity=severity, fix="true")
            else:
                yield passed_if_stated(architecture, *path)
