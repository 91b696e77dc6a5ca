"""SEC503: production shares its account or project with nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "SEC503"
TITLE = "Production shares an account or project with other environments"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Production's home, against those of the environments that are not production."""
    environments = architecture.document.environments
    if not architecture.environment.production or not architecture.home:
        return
    others = [name for name, other in environments.items() if not other.production]
    others = [name for name in others if architecture.home_of(name) == architecture.home]
    if others:
        cloud, label = architecture.coordinate.cloud, architecture.facts.home_label.lower()
        message = f"production shares the {label} '{architecture.home}' with {', '.join(others)}"
        help_ = f"give production its own {label}; permissions, quotas and mistakes stop at its border"
        path = ("environments", architecture.coordinate.environment, cloud, "account" if cloud == "aws" else "project")
        yield Diagnostic(CODE, message, help_, path)
