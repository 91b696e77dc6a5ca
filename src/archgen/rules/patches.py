"""OPS911: operating systems are patched every month."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "OPS911"
TITLE = "A machine is patched too rarely"
SEVERITY = "warning"

MOST = 30  # days; vendors of operating systems publish their patches every month


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each machine whose operating system waits longer than a month for patches."""
    for name, days in with_key(architecture, "patched_every_days"):
        message = f"the operating system of '{name}' is patched every {days} days"
        path = ("components", name, "patched_every_days")
        problem = (
            Diagnostic(CODE, message, f"patch it at least every {MOST} days", path) if days and days > MOST else None
        )
        yield judge(architecture, name, "patched_every_days", days, problem)
