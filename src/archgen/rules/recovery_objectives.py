"""DR302: production databases have a recovery time objective and a recovery point objective."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import is_rebuilt, other_data

CODE = "DR302"
TITLE = "Production data has no recovery objectives"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production database without both objectives in a runbook, and for each runbook with only one.

    Without a runbook, nothing is known about other data that production keeps.
    """
    if not architecture.environment.production:
        return
    stated = {
        name
        for facts in architecture.document.runbooks.values()
        if facts.rto_minutes is not None and facts.rpo_minutes is not None
        for name in (facts.component, *facts.also)
    }
    databases = [
        name for name, _d in architecture.of_kind(RelationalDatabase) if is_rebuilt(architecture, name) is False
    ]
    for name, facts in architecture.document.runbooks.items():
        if facts.component in databases and (facts.rto_minutes is None) != (facts.rpo_minutes is None):
            given, missing = ("rto", "rpo") if facts.rpo_minutes is None else ("rpo", "rto")
            message = f"the runbook '{name}' has an {given.upper()} but no {missing.upper()}"
            path = ("runbooks", name, f"{given}_minutes")
            yield Diagnostic(CODE, message, f"add {missing}_minutes", path)
    for name in databases:
        if name not in stated:
            message = f"the model states no recovery objectives for '{name}': how long it may be down, and how much data it may lose"
            help_ = "add `rto_minutes` and `rpo_minutes` to a runbook for it"
            yield Diagnostic(CODE, message, help_, ("components", name))
        else:
            yield Passed(("components", name))
    for name, keeps_data in other_data(architecture):
        if name in stated:
            yield Passed(("components", name))
        elif isinstance(keeps_data, Lack):
            yield Unsaid(("components", name), keeps_data)
        else:
            what = f"how long '{name}' may be down, and how much data it may lose"
            help_ = "add `rto_minutes` and `rpo_minutes` to a runbook for it"
            yield Unsaid(("components", name), Lack(("components", name), what, help_))
