"""SEC504: no environment is in an account or subscription that must never run workloads."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "SEC504"
TITLE = "An environment uses an account that must not run workloads"
SEVERITY = "error"
ABSENCE = {
    "home": "An environment without an account or project is not on this cloud.",
    "organization": "Without `organization`, no account is kept free of workloads.",
    "workloads": "An account can run workloads unless the model states that it must not.",
}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding if the home of the environment is declared with workloads: false."""
    organization, cloud = architecture.organization, architecture.coordinate.cloud
    environment = architecture.coordinate.environment
    there, word = architecture.environment.on(cloud), architecture.facts.home
    home = organization.all_homes().get(architecture.home) if organization else None
    if not organization or not there or not home or not organization.says_workloads:
        return
    path = ("environments", environment, cloud, there.key)
    if not home.workloads:
        message = f"environment '{environment}' uses the {word} '{architecture.home}', which must never run workloads"
        help_ = f"choose a different {word} of `organization.{cloud}.{organization.key}`"
        yield Diagnostic(CODE, message, help_, path)
    else:
        yield Passed(path)
