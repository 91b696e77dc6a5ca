"""DATA411: backups of production cannot be deleted before their time."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._backups import backups
from archgen.rules._stated import judge

CODE = "DATA411"
TITLE = "Backups can be deleted together with what they protect"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each backup service of production whose copies can be changed."""
    for name, service, _protected in backups(architecture) if architecture.environment.production else ():
        immutable = getattr(service, "immutable", None)
        message = f"who may delete the data can also delete its copies in '{name}'"
        help_ = "lock the vault, and set immutable: true"
        problem = None if immutable else Diagnostic(CODE, message, help_, ("components", name, "immutable"))
        yield judge(architecture, name, "immutable", immutable, problem)
