"""OPS905: a model says which environment serves customers, or is told that it is asked less."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved

CODE = "OPS905"
TITLE = "No environment is marked as production"
SEVERITY = "info"


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """One hint for a model without such an environment."""
    environments = resolved.default.document.environments
    if not any(environment.production for environment in environments.values()):
        message = "no environment is said to serve customers, so nothing is asked of production"
        yield Diagnostic(CODE, message, "set production: true where it does", ("environments",))
