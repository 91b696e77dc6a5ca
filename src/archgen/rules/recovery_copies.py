"""DR303: production data outlives the loss of its region."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture

CODE = "DR303"
TITLE = "Production data is stored in a single region"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every database of production has copies or a replica in the recovery region, and there is one."""
    if not architecture.environment.production:
        return
    for name, database in architecture.of_kind(Postgresql):
        if database.disaster_recovery is None:
            message = f"'{name}' is lost with its region"
            help_ = "add disaster_recovery with a strategy: snapshot-copy, read-replica or global-database"
            yield Diagnostic(CODE, message, help_, ("components", name))
        elif architecture.cloud.recovery_region is None:
            message = f"'{name}' is copied to a recovery region, and the cloud names none"
            help_ = "add recovery_region"
            yield Diagnostic(CODE, message, help_, ("clouds", architecture.coordinate.cloud))
