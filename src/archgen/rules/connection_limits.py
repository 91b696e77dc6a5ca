"""DATA406: all pods together open no more connections than the database takes, unless a proxy pools them."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostic import Diagnostic
from archgen.kinds.database_proxy import DatabaseProxy
from archgen.kinds.postgresql import Postgresql
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture

RESERVED = 10  # what the vendors keep for themselves and for administrators


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every database whose limit is known, against the services that call it with a known number of connections."""
    pools = {name: proxy.calls for name, proxy in architecture.of_kind(DatabaseProxy)}
    for target, database in architecture.of_kind(Postgresql):
        product = architecture.product(database)
        limit = database.max_connections or (product.max_connections.get(database.size) if product else None)
        for name, service in architecture.of_kind(Service) if limit else ():
            call = service.calls.get(target)
            pooled = any(target in pools.get(other, ()) for other in service.calls)
            if call is None or call.connections is None or pooled or limit is None:
                continue
            pods = service.scaling.max if service.scaling else 1
            if pods * call.connections > limit - RESERVED:
                message = f"{pods} pods of '{name}' open {pods * call.connections} connections; '{target}' takes {limit - RESERVED}"
                help_ = "pool them with a database-proxy, let each pod open fewer, or choose a larger size"
                path = ("components", name, "calls", target, "connections")
                yield Diagnostic("DATA406", message, help_, path, severity="warning")
