"""DATA405: nobody deletes a database of production with one command."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture

CODE = "DATA405"
TITLE = "A production database has no deletion protection"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every database of production."""
    for name, database in architecture.of_kind(Postgresql) if architecture.environment.production else ():
        if not database.deletion_protection:
            message = f"'{name}' can be deleted in production by one command"
            path = ("components", name, "deletion_protection")
            yield Diagnostic(CODE, message, "set deletion_protection to true", path, fix="true")
