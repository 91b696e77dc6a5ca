"""SEC511: customers can sign in with a second factor."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "SEC511"
TITLE = "Customers cannot protect their accounts with a second factor"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each directory of customers that offers no second factor."""
    for name, mfa in with_key(architecture, "mfa"):
        message = f"a password is enough to sign in through '{name}', and customers cannot add a second factor"
        path = ("components", name, "mfa")
        problem = Diagnostic(CODE, message, "set `mfa` to optional or required", path) if mfa == "off" else None
        yield judge(architecture, name, "mfa", mfa, problem)
