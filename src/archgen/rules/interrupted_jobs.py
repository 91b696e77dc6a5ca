"""HA224: batch jobs on capacity that the cloud takes back are tried again."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._messages import has_setting
from archgen.rules._stated import has_product, judge, with_key

CODE = "HA224"
TITLE = "An interrupted job is not started again"
SEVERITY = "warning"

PRODUCTS = ("batch",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for batch jobs of AWS on spot capacity that are tried once."""
    for name, spot in with_key(architecture, "spot"):
        if (
            not spot
            or not has_setting(architecture, name, "max_attempts")
            or not has_product(architecture, name, *PRODUCTS)
        ):
            continue
        attempts = getattr(architecture.components[name], "max_attempts", None)
        message = f"'{name}' runs on capacity that the cloud takes back, and tries a job only once"
        path = ("components", name, "max_attempts")
        problem = Diagnostic(CODE, message, "set `max_attempts` to at least 2", path) if attempts == 1 else None
        yield judge(architecture, name, "max_attempts", attempts, problem)
