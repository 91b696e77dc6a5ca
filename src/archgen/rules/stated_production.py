"""OPS905: at least one environment is marked as production, because many rules only apply there."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "OPS905"
TITLE = "No environment is marked as production"
SEVERITY = "info"
ABSENCE = {"production": "An environment is production only if the model states it."}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A single finding if no environment is marked as production."""
    environments = resolved.default.document.environments
    if not any(environment.production for environment in environments.values()):
        message = "no environment is marked as production, so rules about production do not apply"
        help_ = "set production: true for the environment that serves customers"
        yield Diagnostic(CODE, message, help_, ("environments",))
    else:
        yield Passed(("environments",))
