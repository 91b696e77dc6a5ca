"""SEC501: credentials are rotated."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.secret_store import SecretStore
from archgen.model.architecture import Architecture

CODE = "SEC501"
TITLE = "Credentials are not rotated"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every store of secrets."""
    for name, store in architecture.of_kind(SecretStore):
        if store.rotation_days is None:
            message = f"'{name}' does not say how often credentials are rotated"
            help_ = "set rotation_days, and let the database's own credentials be rotated by the cloud"
            yield Diagnostic(CODE, message, help_, ("components", name))
