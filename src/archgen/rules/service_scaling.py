"""HA204: production services run in at least two pods and scale out."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "HA204"
TITLE = "A production service has fewer than two pods, or does not scale"
SEVERITY = "warning"

LEAST = 2


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production service without scaling, or with a minimum below two pods."""
    if not architecture.environment.production:
        return
    for name, service in architecture.of_kind(Service):
        least = service.scaling.min if service.scaling else None
        if least is None or least < LEAST:
            state = "does not scale" if least is None else f"can scale down to {least} pod{'' if least == 1 else 's'}"
            message = f"'{name}' {state} in production"
            help_ = f"set `scaling` with a `min` of at least {LEAST}, so that it survives the loss of a node"
            path = ("components", name, *(() if least is None else ("scaling", "min")))
            yield Diagnostic(CODE, message, help_, path)
        else:
            yield Passed(("components", name, "scaling"))
