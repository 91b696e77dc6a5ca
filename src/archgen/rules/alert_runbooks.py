"""OPS902: every alert has a runbook, and every objective has an alert."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "OPS902"
TITLE = "An alert has no runbook, or an objective has no alert"
SEVERITY = "warning"
ABSENCE = {
    "runbook": "Alerts name their runbooks in the model: without a name, it states none.",
    "objective": "Alerts name their objectives in the model: without a name, an alert reports none.",
}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each alert without a runbook, in a model that has runbooks, and for each objective without an alert."""
    document = architecture.document
    for name, alert in document.observability.alerts.items() if document.runbooks else ():
        path = ("observability", "alerts", name)
        if alert.runbook is None:
            message = f"the model states no runbook for the alert '{name}'"
            yield Diagnostic(CODE, message, "add `runbook:` with an ID from `runbooks`", path)
        else:
            yield Passed(path)
    watched = {alert.objective for alert in document.observability.alerts.values()}
    for name, objective in document.observability.objectives.items():
        path = ("observability", "objectives", name)
        if name not in watched:
            message = f"the model states no alert that reports when the objective '{objective.title}' is missed"
            yield Diagnostic(CODE, message, f"add an alert with objective: {name}", path)
        else:
            yield Passed(path)
