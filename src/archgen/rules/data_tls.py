"""DATA404: databases, their proxies and caches refuse connections that are not encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.cache import Cache
from archgen.kinds.database_proxy import DatabaseProxy
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated

CODE = "DATA404"
TITLE = "A data store accepts unencrypted connections"
SEVERITY = "error"

SETTINGS = ((Postgresql, "require_tls"), (DatabaseProxy, "require_tls"), (Cache, "encrypted_in_transit"))


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each database, proxy or cache that accepts connections without TLS."""
    for kind, setting in SETTINGS:
        for name, component in architecture.of_kind(kind):
            if not getattr(component, setting):
                message = f"'{name}' accepts connections that are not encrypted"
                yield Diagnostic(CODE, message, f"set {setting}: true", ("components", name, setting))
            else:
                yield passed_if_stated(architecture, "components", name, setting)
