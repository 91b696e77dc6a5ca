"""DATA405: production databases have deletion protection."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated, unsaid, with_setting

CODE = "DATA405"
TITLE = "A production database has no deletion protection"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production database without deletion protection, and for what else keeps data and can have it."""
    for name, on in with_setting(architecture, "deletion_protection") if architecture.environment.production else ():
        if architecture.traits(name).keeps_data is False:
            continue  # a load balancer that was deleted by mistake is made again
        path = ("components", name, "deletion_protection")
        if on is None:
            yield unsaid(*path)
        elif not on:
            message = f"'{name}' can be deleted in production with one command"
            yield Diagnostic(CODE, message, "set deletion_protection: true", path, fix="true")
        else:
            yield passed_if_stated(architecture, *path)
