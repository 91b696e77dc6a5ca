"""SEC505: every account or project has an audit log, configuration history and threat detection."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.audit_log import AuditLog
from archgen.kinds.configuration_history import ConfigurationHistory
from archgen.kinds.threat_detection import ThreatDetection
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_written

CODE = "SEC505"
TITLE = "An account or project is not monitored"
SEVERITY = "error"

NEEDED: tuple[tuple[type[Component], str], ...] = (
    (AuditLog, "records API calls"),
    (ConfigurationHistory, "tracks configuration changes"),
    (ThreatDetection, "detects threats"),
)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each of the three services that is missing or limited to one account or project, in a model with several."""
    if len(architecture.homes) < 2 or not architecture.environment.production:
        return
    for kind, does in NEEDED:
        services = list(architecture.of_kind(kind))
        if not services:
            message = f"the model states no component that {does} in the {architecture.facts.home}s of the organization"
            help_ = f"add a component of the kind {kind.__module__.rpartition('.')[2].replace('_', '-')}"
            yield Diagnostic(CODE, message, help_, ("organization", architecture.coordinate.cloud))
        for name, component in services:
            path = ("components", name, "organization_wide")
            if not getattr(component, "organization_wide", True):
                message = f"'{name}' {does} in only one {architecture.facts.home}"
                yield Diagnostic(CODE, message, "set organization_wide: true", path)
            else:
                yield passed_if_written(architecture, *path)
