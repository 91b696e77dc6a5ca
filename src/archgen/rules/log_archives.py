"""DATA407: audit logs are archived immutably in a separate account or project."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.audit_log import AuditLog
from archgen.kinds.object_store import ObjectStore
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import found_if_stated

CODE = "DATA407"
TITLE = "Audit logs can be changed, or are stored in the account or project that they audit"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production audit log without an archive, with a mutable one, or with one in the same account or project."""
    if not architecture.environment.production:
        return
    for name, _log in architecture.of_kind(AuditLog):
        archives = [
            (t, c) for t in architecture.called_by(name) if isinstance(c := architecture.components[t], ObjectStore)
        ]
        if not archives:
            message = f"the model states no archive of the audit log '{name}'"
            help_ = "add a call to a component of the kind object-store with immutable: true"
            yield Diagnostic(CODE, message, help_, ("components", name))
        for target, archive in archives:
            if not archive.immutable:
                message = f"'{target}' stores the audit log, but its objects can be changed"
                path = ("components", target, "immutable")
                yield found_if_stated(architecture, Diagnostic(CODE, message, "set immutable: true", path), *path)
            else:
                yield Passed(("components", target, "immutable"))
            if len(architecture.homes) > 1 and archive.home in (None, architecture.home):
                message = f"'{target}' stores the audit log in the same {architecture.facts.home} that the log audits"
                help_ = f"set `home` to a different {architecture.facts.home}, which few people can access"
                yield Diagnostic(CODE, message, help_, ("components", target, "home"))
            elif len(architecture.homes) > 1:
                yield Passed(("components", target, "home"))
