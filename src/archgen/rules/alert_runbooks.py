"""OPS902: whoever an alert wakes finds out what to do."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostic import Diagnostic
from archgen.model.architecture import Architecture


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """One finding for each alert that names no runbook, in a model that has runbooks."""
    document = architecture.document
    for name, alert in document.observability.alerts.items() if document.runbooks else ():
        if alert.runbook is None:
            path = ("observability", "alerts", name)
            message = f"the alert '{name}' does not say what to do"
            yield Diagnostic("OPS902", message, "name a runbook of runbooks with runbook", path, severity="warning")
