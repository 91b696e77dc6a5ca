"""SEC505: in each account or project calls are recorded, settings are tracked and threats are looked for."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.audit_log import AuditLog
from archgen.kinds.configuration_history import ConfigurationHistory
from archgen.kinds.threat_detection import ThreatDetection
from archgen.model.architecture import Architecture
from archgen.model.component import Component

CODE = "SEC505"
TITLE = "An account or project is not monitored"
SEVERITY = "error"

NEEDED: tuple[tuple[type[Component], str], ...] = (
    (AuditLog, "records calls"),
    (ConfigurationHistory, "tracks settings"),
    (ThreatDetection, "looks for threats"),
)


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The three services, in a model with production among several accounts or projects: each is there, for all."""
    if len(architecture.homes) < 2 or not architecture.environment.production:
        return
    for kind, does in NEEDED:
        found = list(architecture.of_kind(kind))
        if not found:
            message = f"nothing {does} in the {architecture.facts.home}s of the organisation"
            help_ = f"add a component that is a {kind.label.lower()}"
            yield Diagnostic(CODE, message, help_, ("organization", architecture.coordinate.cloud))
        for name, component in found:
            if not getattr(component, "organization_wide", True):
                message = f"'{name}' {does} in one {architecture.facts.home} only"
                path = ("components", name, "organization_wide")
                yield Diagnostic(CODE, message, "set organization_wide to true", path)
