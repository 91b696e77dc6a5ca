"""HA201: in production, what keeps data in a zone has a copy in another."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.cache import Cache
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture

CODE = "HA201"
TITLE = "Production data is stored in a single zone"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every database and cache of production."""
    if not architecture.environment.production:
        return
    for name, database in architecture.of_kind(Postgresql):
        if not database.multi_zone:
            message = f"'{name}' is in one zone in production, without a standby in another"
            yield Diagnostic(CODE, message, "set multi_zone to true", ("components", name, "multi_zone"))
    for name, cache in architecture.of_kind(Cache):
        if not cache.replicas:
            message = f"'{name}' is in one zone in production, without a replica in another"
            yield Diagnostic(CODE, message, "give it at least one replica", ("components", name, "replicas"))
