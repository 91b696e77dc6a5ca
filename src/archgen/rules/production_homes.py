"""SEC503: production does not share its account or project with other environments."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "SEC503"
TITLE = "Production shares an account or project with other environments"
SEVERITY = "error"
ABSENCE = {"home": "An environment without an account or project is not on this cloud."}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding if a production environment shares its account or project with one that is not production."""
    environments = architecture.document.environments
    if not architecture.environment.production or not architecture.home:
        return
    others = [name for name, other in environments.items() if not other.production]
    others = [name for name in others if architecture.home_of(name) == architecture.home]
    if others:
        cloud, label = architecture.coordinate.cloud, architecture.facts.home_label.lower()
        message = f"production shares the {label} '{architecture.home}' with {', '.join(others)}"
        help_ = f"use a separate {label} for production; permissions, quotas and mistakes end at its boundary"
        there = architecture.environment.on(cloud)
        path = ("environments", architecture.coordinate.environment, cloud, there.key if there else "")
        yield Diagnostic(CODE, message, help_, path)
    elif not all(other.production for other in environments.values()):
        yield Passed(("environments", architecture.coordinate.environment, architecture.coordinate.cloud))
