"""OPS908: runs of a workflow that fail are logged."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "OPS908"
TITLE = "Failed runs of a workflow are not logged"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each workflow whose logging is off."""
    for name, logging in with_key(architecture, "logging"):
        message = f"'{name}' logs none of its runs, not even those that fail"
        path = ("components", name, "logging")
        problem = Diagnostic(CODE, message, "set `logging` to error or all", path) if logging == "off" else None
        yield judge(architecture, name, "logging", logging, problem)
