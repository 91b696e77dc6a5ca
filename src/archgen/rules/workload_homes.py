"""SEC504: no environment is in an account that must never run workloads."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "SEC504"
TITLE = "An environment uses an account that must not run workloads"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding if the account of the environment is declared with workloads: false."""
    organization = architecture.document.organization
    if architecture.coordinate.cloud != "aws" or not organization or not organization.aws:
        return
    account = organization.aws.accounts.get(architecture.home)
    if account and not account.workloads:
        environment = architecture.coordinate.environment
        message = f"environment '{environment}' uses the account '{architecture.home}', which must never run workloads"
        help_ = "choose a different account of `organization.aws.accounts`"
        yield Diagnostic(CODE, message, help_, ("environments", environment, "aws", "account"))
