"""SEC504: no environment is in an account that must never run workloads."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "SEC504"
TITLE = "An environment uses an account that must not run workloads"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding if the account of the environment is declared with workloads: false."""
    organization = architecture.document.organization
    if architecture.coordinate.cloud != "aws" or not organization or not organization.aws:
        return
    account = organization.aws.accounts.get(architecture.home)
    if not account:
        return
    path = ("environments", architecture.coordinate.environment, "aws", "account")
    if not account.workloads:
        environment = architecture.coordinate.environment
        message = f"environment '{environment}' uses the account '{architecture.home}', which must never run workloads"
        help_ = "choose a different account of `organization.aws.accounts`"
        yield Diagnostic(CODE, message, help_, path)
    else:
        yield Passed(path)
