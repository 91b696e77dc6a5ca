"""DATA406: all pods together open no more connections than the database accepts, unless a proxy pools them."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.database_proxy import DatabaseProxy
from archgen.kinds.relational_database import RelationalDatabase
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "DATA406"
TITLE = "Services may open more connections than the database accepts"
SEVERITY = "warning"

RESERVED = 10  # connections that vendors reserve for themselves and for administrators


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each service whose pods can open more connections than the database accepts, if both numbers are known."""
    pooled = {target for name, _proxy in architecture.of_kind(DatabaseProxy) for target in architecture.called_by(name)}
    proxies = {name for name, _proxy in architecture.of_kind(DatabaseProxy)}
    for name, service in architecture.of_kind(Service):
        for connection in architecture.traffic_from(name):
            target, call = connection.head, connection.call
            limit = _limit(architecture, target) if call.connections else None
            if (
                limit is None
                or call.connections is None
                or (target in pooled and proxies & set(architecture.called_by(name)))
            ):
                continue
            path = (*connection.path, "connections")
            pods = service.scaling.max if service.scaling else 1
            if pods * call.connections > limit - RESERVED:
                opened = f"{pods} pods of '{name}' open {pods * call.connections} connections"
                help_ = "add a component of the kind database-proxy, open fewer connections per pod, or choose a larger size"
                message = f"{opened}; '{target}' accepts {limit - RESERVED}"
                yield Diagnostic(CODE, message, help_, path)
            else:
                yield Passed(path)


def _limit(architecture: Architecture, name: str) -> int | None:
    """The number of connections that a database accepts, from the model or from its product and size; None if unknown."""
    database = architecture.components[name]
    if not isinstance(database, RelationalDatabase):
        return None
    product = architecture.product(database)
    return database.max_connections or (product.max_connections.get(database.size or "") if product else None)
