"""PAR804: every component is part of a comparison of the clouds, or says why not."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostic import Diagnostic
from archgen.model.resolve import Resolved


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """One finding for each component without a capability and without a reason, in a model that compares clouds."""
    if len(resolved.axes.clouds) < 2 or not resolved.default.document.capabilities:
        return
    every = {name: c for a in resolved.architectures.values() for name, c in a.components.items()}
    for name, component in every.items():
        if component.compared and not component.provides and not component.no_capability:
            message = f"no row of the parity table is about '{name}'"
            help_ = "name its capability with provides, or say with no_capability why it needs none"
            yield Diagnostic("PAR804", message, help_, ("components", name), severity="warning")
