"""PAR804: every component appears in the parity table, or states why not."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "PAR804"
TITLE = "A component has no capability, and no reason for having none"
SEVERITY = "warning"
ABSENCE = {"no_capability": "The parity table is a part of the model: without a reason, it states none."}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each component without a capability and without a reason, in a model that compares clouds."""
    if len(resolved.axes.clouds) < 2 or not resolved.default.document.capabilities:
        return
    every = [(name, c) for a in resolved.architectures.values() for name, c in a.components.items()]
    compared = {name for name, c in every if c.provides or c.no_capability or not c.compared}
    for name in dict.fromkeys(name for name, _component in every):
        if name in compared:
            yield Passed(("components", name))
        else:
            message = f"'{name}' does not appear in the parity table"
            help_ = "add `provides` with its capability, or `no_capability` with the reason why it has none"
            yield Diagnostic(CODE, message, help_, ("components", name))
