"""HA201: production databases and caches have a copy in another zone."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.cache import Cache
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import passed_if_stated

CODE = "HA201"
TITLE = "Production data is stored in a single zone"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production database without a standby, and for each production cache without a replica."""
    if not architecture.environment.production:
        return
    for name, database in architecture.of_kind(Postgresql):
        if not database.multi_zone:
            message = f"'{name}' is in one zone in production, without a standby in another"
            yield Diagnostic(CODE, message, "set multi_zone: true", ("components", name, "multi_zone"))
        else:
            yield passed_if_stated(architecture, "components", name, "multi_zone")
    for name, cache in architecture.of_kind(Cache):
        if not cache.replicas:
            message = f"'{name}' is in one zone in production, without a replica in another"
            yield Diagnostic(CODE, message, "set `replicas` to at least 1", ("components", name, "replicas"))
        else:
            yield Passed(("components", name, "replicas"))
