"""DATA407: the record of who did what lies in another account or project, where nobody can change it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.audit_log import AuditLog
from archgen.kinds.object_store import ObjectStore
from archgen.model.architecture import Architecture

CODE = "DATA407"
TITLE = "Logs can be changed, or are stored beside what they are about"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every audit log of production, and the archive that it writes to."""
    if not architecture.environment.production:
        return
    for name, log in architecture.of_kind(AuditLog):
        archives = [(t, c) for t in log.calls if isinstance(c := architecture.components[t], ObjectStore)]
        if not archives:
            message = f"'{name}' writes to no archive"
            help_ = "let it call a component of kind object-store that is immutable"
            yield Diagnostic(CODE, message, help_, ("components", name))
        for target, archive in archives:
            if not archive.immutable:
                message = f"'{target}' keeps the audit log, and its objects can be changed"
                yield Diagnostic(CODE, message, "set immutable to true", ("components", target, "immutable"))
            if len(architecture.homes) > 1 and archive.home in (None, architecture.home):
                message = f"'{target}' keeps the audit log in the very {architecture.facts.home} that it is about"
                help_ = f"give it a home: another {architecture.facts.home}, which few people may enter"
                yield Diagnostic(CODE, message, help_, ("components", target, "home"))
