"""DR307: backups are made as often as the recovery point objective asks."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.model.traits import setting_of
from archgen.rules._backups import backups
from archgen.rules._schedules import gaps
from archgen.rules._stated import unsaid

CODE = "DR307"
TITLE = "Backups are made more rarely than the recovery point objective allows"
SEVERITY = "error"

OTHER_WAYS = ("backup.point_in_time_recovery", "disaster_recovery", "point_in_time_recovery", "versioned")


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each backup service that makes copies more rarely than what it protects may lose data."""
    for name, service, protected in backups(architecture) if architecture.environment.production else ():
        asked = {target: minutes for target in protected if (minutes := _objective(architecture, target)) is not None}
        if not asked:
            continue
        path = ("components", name, "schedule")
        schedule = getattr(service, "schedule", None)
        if schedule is None:
            yield unsaid(*path)
            continue
        gap = gaps(schedule)
        longest = gap[1] if gap else None
        strictest = min(asked, key=lambda target: asked[target])
        if longest is None:
            help_ = "state `schedule` as a rate, or as a cron expression for every day"
            yield Unsaid(path, Lack(path, f"how often '{name}' makes copies", help_))
        elif longest > asked[strictest]:
            message = f"'{name}' makes copies every {longest} minutes, but '{strictest}' may lose the data of {asked[strictest]} minutes"
            yield Diagnostic(CODE, message, "make copies more often, or change `rpo_minutes` of the runbook", path)
        else:
            yield Passed(path)


def _objective(a: Architecture, name: str) -> int | None:
    """The strictest recovery point objective of a component that only its backups can meet, in minutes; None if there is none."""
    component = a.components.get(name)
    if component is None or any(setting_of(component, way) for way in OTHER_WAYS):
        return None
    runbooks = a.document.runbooks.values()
    stated = [f.rpo_minutes for f in runbooks if f.rpo_minutes is not None and name in (f.component, *f.also)]
    return min(stated, default=None)
