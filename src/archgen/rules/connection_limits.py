"""DATA406: all copies of a caller together open no more connections than the database accepts, unless a proxy pools them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.kinds.database_proxy import DatabaseProxy
from archgen.kinds.relational_database import RelationalDatabase
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.outcome import Outcome, Passed
from archgen.rules._messages import has_setting
from archgen.rules._stated import unsaid

CODE = "DATA406"
TITLE = "Services may open more connections than the database accepts"
SEVERITY = "warning"

RESERVED = 10  # connections that vendors reserve for themselves and for administrators


class _Copies(NamedTuple):
    """How many copies of a caller there may be, what they are called, and what to do about too many."""

    most: int
    name: str
    help: str = "open fewer connections per pod"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each caller whose copies can open more connections than the database accepts, if the numbers are known.

    A run of a function opens one connection unless its call states more, so that a function without a limit could not be checked.
    """
    pooled = {target for name, _proxy in architecture.of_kind(DatabaseProxy) for target in architecture.called_by(name)}
    proxies = {name for name, _proxy in architecture.of_kind(DatabaseProxy)}
    for connection in architecture.traffic:
        limit = _limit(architecture, connection.head)
        per_copy = connection.call.connections or (1 if _is_function(architecture, connection.tail) else None)
        if limit is None or per_copy is None or connection.kind == "control":
            continue
        if connection.head in pooled and proxies & set(architecture.called_by(connection.tail)):
            continue
        copies = _copies(architecture, connection.tail)
        if isinstance(copies, str):
            yield unsaid("components", connection.tail, copies)
        elif copies is not None:
            yield _compare(connection, copies, per_copy, limit)


def _compare(connection: Connection, copies: _Copies, per_copy: int, limit: int) -> Outcome:
    path: Path = (*connection.path, "connections") if connection.call.connections else connection.path
    if copies.most * per_copy <= limit - RESERVED:
        return Passed(path)
    opened = f"{copies.most} {copies.name} of '{connection.tail}' open {copies.most * per_copy} connections"
    help_ = f"add a component of the kind database-proxy, {copies.help}, or choose a larger size"
    return Diagnostic(CODE, f"{opened}; '{connection.head}' accepts {limit - RESERVED}", help_, path)


def _copies(a: Architecture, name: str) -> _Copies | str | None:
    """The largest number of copies of a caller; the setting that is missing to know it; None for callers whose copies are not counted."""
    component = a.components[name]
    if isinstance(component, Service):
        return _Copies(component.scaling.max if component.scaling else 1, "pods")
    if _is_function(a, name):
        product = a.product(component)
        key = "reserved_concurrency" if product and product.id == "lambda" else "max_instances"
        most = getattr(component, key)
        return key if most is None else _Copies(most, "runs", f"set a smaller `{key}`")
    if has_setting(a, name, "scaling"):
        scaling = getattr(component, "scaling", None)
        return _Copies(scaling.max, "copies", "open fewer connections per copy") if scaling else "scaling"
    if has_setting(a, name, "health_check"):
        most = getattr(component, "max", None)
        return "max" if most is None else _Copies(most, "machines", "open fewer connections per machine")
    return None


def _is_function(a: Architecture, name: str) -> bool:
    return has_setting(a, name, "reserved_concurrency")


def _limit(architecture: Architecture, name: str) -> int | None:
    """The number of connections that a database accepts, from the model or from its product and size; None if unknown."""
    database = architecture.components[name]
    if not isinstance(database, RelationalDatabase):
        return None
    product = architecture.product(database)
    return database.max_connections or (product.max_connections.get(database.size or "") if product else None)
