"""DATA405: production databases have deletion protection."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated

CODE = "DATA405"
TITLE = "A production database has no deletion protection"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production database without deletion protection."""
    for name, database in architecture.of_kind(Postgresql) if architecture.environment.production else ():
        path = ("components", name, "deletion_protection")
        if not database.deletion_protection:
            message = f"'{name}' can be deleted in production with one command"
            yield Diagnostic(CODE, message, "set deletion_protection: true", path, fix="true")
        else:
            yield passed_if_stated(architecture, *path)
