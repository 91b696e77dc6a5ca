"""OPS907: entrances log requests."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import has_product, judge, with_key

CODE = "OPS907"
TITLE = "Requests are not logged"
SEVERITY = "warning"

PRODUCTS = ("alb", "api-gateway", "appsync")


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each API or application load balancer of AWS without access logs."""
    for name, logged in with_key(architecture, "access_logs"):
        if not has_product(architecture, name, *PRODUCTS):
            continue
        message = f"'{name}' does not log the requests that it receives"
        path = ("components", name, "access_logs")
        problem = None if logged else Diagnostic(CODE, message, "set access_logs: true", path)
        yield judge(architecture, name, "access_logs", logged, problem)
