"""PAR804: every component is part of a comparison of the clouds, or says why not."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved

CODE = "PAR804"
TITLE = "A component has no capability, and no reason for having none"
SEVERITY = "warning"


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """One finding for each component without a capability and without a reason, in a model that compares clouds."""
    if len(resolved.axes.clouds) < 2 or not resolved.default.document.capabilities:
        return
    every = [(name, c) for a in resolved.architectures.values() for name, c in a.components.items()]
    compared = {name for name, c in every if c.provides or c.no_capability or not c.compared}
    for name in dict.fromkeys(name for name, _component in every):
        if name not in compared:
            message = f"no row of the parity table is about '{name}'"
            help_ = "name its capability with provides, or say with no_capability why it needs none"
            yield Diagnostic(CODE, message, help_, ("components", name))
