"""DR304: recoveries are practiced regularly. The rule depends on today's date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.document import RunbookFacts
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved
from archgen.rules._stated import with_setting

CODE = "DR304"
TITLE = "A recovery procedure has not been tested"
SEVERITY = "warning"
ABSENCE = {
    "next_drill": "Drills are recorded in the model: without a day, the model states no drill.",
    "last_tested": "Drills are recorded in the model: without a day, the model states no drill.",
    "drill_every_days": "Drills are recorded in the model: without a day, the model states no drill.",
    "rto_minutes": "A runbook without objectives promises nothing that a drill would prove.",
    "rpo_minutes": "A runbook without objectives promises nothing that a drill would prove.",
}

LONGEST_DAYS = 180
RESTORED = "backup.retention_days"  # the setting of what is restored from backups


def check_on(resolved: Resolved, today: str) -> Iterator[Outcome]:
    """A finding for each runbook with objectives or a drill interval whose drill is overdue, and for each database without drills."""
    runbooks: dict[str, RunbookFacts] = {}
    for architecture in resolved.architectures.values():
        for name, facts in architecture.document.runbooks.items():
            runbooks.setdefault(name, facts)
    for name, facts in runbooks.items():
        promised = facts.rto_minutes is not None or facts.rpo_minutes is not None or facts.drill_every_days is not None
        if promised:
            yield _overdue_drill(name, facts, today) or Passed(("runbooks", name))
    yield from _databases_without_drills(resolved, runbooks)


def _databases_without_drills(resolved: Resolved, runbooks: dict[str, RunbookFacts]) -> Iterator[Outcome]:
    """A finding for each production database that has runbooks, but none with a past or planned drill."""
    dated = {
        n
        for f in runbooks.values()
        if f.due or f.last_tested or f.rto_minutes is not None
        for n in (f.component, *f.also)
    }
    about = {n for f in runbooks.values() for n in (f.component, *f.also)}
    production = [a for a in resolved.today() if a.environment.production]
    for name in dict.fromkeys(name for a in production for name, _days in with_setting(a, RESTORED)):
        if name in dated:
            yield Passed(("components", name))
        elif name in about:
            message = f"the model states no test of the recovery of '{name}', and no drill of it is planned"
            help_ = "add `next_drill` or `last_tested` to a runbook for it"
            yield Diagnostic(CODE, message, help_, ("components", name))


def _overdue_drill(name: str, facts: RunbookFacts, today: str) -> Diagnostic | None:
    """A finding if a runbook was never tested, or not in time; None otherwise."""
    path: Path = ("runbooks", name)
    if facts.next_drill is None and facts.last_tested is None:
        message = f"the model states no test of the runbook '{name}', and no drill of it is planned"
        help_ = "test it and add `last_tested`, or plan a drill with `next_drill`"
        return Diagnostic(CODE, message, help_, path)
    if facts.due and facts.due < today:
        message = f"the drill of the runbook '{name}' was due on {facts.due}"
        help_ = "test it, update `last_tested` and `result`, and plan the next drill"
        key = "next_drill" if facts.next_drill else "last_tested"
        return Diagnostic(CODE, message, help_, (*path, key))
    if facts.due is None and facts.last_tested and facts.last_tested < _days_before(today, LONGEST_DAYS):
        message = f"the runbook '{name}' was last tested on {facts.last_tested}, more than {LONGEST_DAYS} days ago"
        return Diagnostic(CODE, message, "test it again", (*path, "last_tested"))
    return None


def _days_before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
