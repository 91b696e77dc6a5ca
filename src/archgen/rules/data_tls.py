"""DATA404: databases, their proxies and caches refuse connections that are not encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated, unsaid, with_setting

CODE = "DATA404"
TITLE = "A data store accepts unencrypted connections"
SEVERITY = "error"

SETTINGS = ("require_tls", "encrypted_in_transit")


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each database, proxy or cache that accepts connections without TLS."""
    for setting in SETTINGS:
        for name, on in with_setting(architecture, setting):
            if on is None:
                yield unsaid("components", name, setting)
            elif not on:
                message = f"'{name}' accepts connections that are not encrypted"
                yield Diagnostic(CODE, message, f"set {setting}: true", ("components", name, setting))
            else:
                yield passed_if_stated(architecture, "components", name, setting)
