"""SEC509: callers of an API prove who they are."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Severity
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "SEC509"
TITLE = "Everyone can call an API"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each API without authorization: a warning, or a hint if it can only be reached from networks."""
    for name, authorization in with_key(architecture, "authorization"):
        path = ("components", name, "authorization")
        message = f"'{name}' does not ask its callers who they are"
        severity: Severity = "info" if architecture.traits(name).entrance is False else "warning"
        help_ = "set `authorization` to the way in which they prove it, or waive this finding for an API that is meant for everyone"
        problem = Diagnostic(CODE, message, help_, path, severity=severity) if authorization == "none" else None
        yield judge(architecture, name, "authorization", authorization, problem)
