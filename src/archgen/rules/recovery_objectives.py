"""DR302: what production must not lose says how long it may be gone, and how much may be lost."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture

CODE = "DR302"
TITLE = "Production data has no recovery objectives"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every database of production: some runbook about it states both objectives, and none only one of them."""
    if not architecture.environment.production:
        return
    stated = {
        name
        for facts in architecture.document.runbooks.values()
        if facts.rto_minutes is not None and facts.rpo_minutes is not None
        for name in (facts.component, *facts.also)
    }
    databases = [name for name, _database in architecture.of_kind(Postgresql)]
    for name, facts in architecture.document.runbooks.items():
        if facts.component in databases and (facts.rto_minutes is None) != (facts.rpo_minutes is None):
            given, missing = ("rto", "rpo") if facts.rpo_minutes is None else ("rpo", "rto")
            message = f"'{name}' states an {given.upper()} and no {missing.upper()}"
            path = ("runbooks", name, f"{given}_minutes")
            yield Diagnostic(CODE, message, f"add {missing}_minutes", path)
    for name in databases:
        if name not in stated:
            message = f"nobody has said how long '{name}' may be down, and how much it may lose"
            help_ = "give rto_minutes and rpo_minutes to a runbook that is about it"
            yield Diagnostic(CODE, message, help_, ("components", name))
