"""DR303: production data survives the loss of its region."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "DR303"
TITLE = "Production data is stored in a single region"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production database without copies in a recovery region, or on a cloud without such a region."""
    if not architecture.environment.production:
        return
    for name, database in architecture.of_kind(Postgresql):
        if database.disaster_recovery is None:
            message = f"the data of '{name}' is lost if its region is lost"
            help_ = "add `disaster_recovery` with a strategy: snapshot-copy, read-replica or global-database"
            yield Diagnostic(CODE, message, help_, ("components", name))
        elif architecture.cloud.recovery_region is None:
            message = f"'{name}' is copied to a recovery region, but {architecture.facts.name} has none in the model"
            help_ = "add `recovery_region`"
            yield Diagnostic(CODE, message, help_, ("clouds", architecture.coordinate.cloud))
        else:
            yield Passed(("components", name, "disaster_recovery"))
