"""SEC501: credentials are rotated."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.secret_store import SecretStore
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "SEC501"
TITLE = "Credentials are not rotated"
SEVERITY = "warning"
ABSENCE = {"rotation_days": "An interval is what rotation consists of: without one, the model states none."}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each secret store without a rotation interval."""
    for name, store in architecture.of_kind(SecretStore):
        if store.rotation_days is None:
            message = f"the model does not state how often credentials in '{name}' are rotated"
            help_ = "set `rotation_days`; the cloud provider can rotate database credentials"
            yield Diagnostic(CODE, message, help_, ("components", name))
        else:
            yield Passed(("components", name, "rotation_days"))
