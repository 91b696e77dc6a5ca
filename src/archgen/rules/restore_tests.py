"""DR305: restores of backups are tested."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._backups import backups

CODE = "DR305"
TITLE = "Backups are never restored for a test"
SEVERITY = "warning"
ABSENCE = {
    "next_drill": "Drills are recorded in the model: without a day, the model states no drill.",
    "last_tested": "Drills are recorded in the model: without a day, the model states no drill.",
    "drill_every_days": "Drills are recorded in the model: without a day, the model states no drill.",
    "restore_tested_every_days": "Tests of restores are recorded in the model: without an interval, it states none.",
}

LONGEST_DAYS = 365


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each backup service of production without tests of restores, stated or by a drill for all that it protects."""
    drilled = {
        name
        for facts in architecture.document.runbooks.values()
        if facts.next_drill or facts.last_tested or facts.drill_every_days
        for name in (facts.component, *facts.also)
    }
    for name, service, protected in backups(architecture) if architecture.environment.production else ():
        path = ("components", name, "restore_tested_every_days")
        days = getattr(service, "restore_tested_every_days", None)
        if days is not None and days > LONGEST_DAYS:
            message = f"a restore from '{name}' is tested every {days} days"
            yield Diagnostic(CODE, message, f"test it at least every {LONGEST_DAYS} days", path)
        elif days is not None or name in drilled or (protected and drilled >= set(protected)):
            yield Passed(path)
        else:
            message = f"the model states no test of a restore from '{name}'"
            help_ = "set `restore_tested_every_days`, or plan drills of the runbooks for what it protects"
            yield Diagnostic(CODE, message, help_, path[:2])
