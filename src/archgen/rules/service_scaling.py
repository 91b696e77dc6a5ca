"""HA204: in production, a service runs in at least two pods, and in more when it has to."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture

CODE = "HA204"
TITLE = "A production service has fewer than two pods, or does not scale"
SEVERITY = "warning"

LEAST = 2


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every service of production that runs on a cluster of ours."""
    if not architecture.environment.production:
        return
    for name, service in architecture.of_kind(Service):
        least = service.scaling.min if service.scaling else None
        if least is None or least < LEAST:
            state = "does not scale" if least is None else f"may shrink to {least} pod{'' if least == 1 else 's'}"
            message = f"'{name}' {state} in production"
            help_ = f"give it scaling with a min of {LEAST} or more, so that the loss of a node does not stop it"
            path = ("components", name, *(() if least is None else ("scaling", "min")))
            yield Diagnostic(CODE, message, help_, path)
