"""OPS902: whoever an alert wakes finds out what to do, and an objective that is missed wakes somebody."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "OPS902"
TITLE = "An alert has no runbook, or an objective has no alert"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Each alert that names no runbook, in a model that has runbooks, and each objective without an alert."""
    document = architecture.document
    for name, alert in document.observability.alerts.items() if document.runbooks else ():
        if alert.runbook is None:
            path = ("observability", "alerts", name)
            message = f"the alert '{name}' does not say what to do"
            yield Diagnostic(CODE, message, "name a runbook of runbooks with runbook", path)
    watched = {alert.objective for alert in document.observability.alerts.values()}
    for name, objective in document.observability.objectives.items():
        if name not in watched:
            path = ("observability", "objectives", name)
            message = f"nobody is told when '{objective.title}' is missed"
            yield Diagnostic(CODE, message, f"add an alert with objective: {name}", path)
