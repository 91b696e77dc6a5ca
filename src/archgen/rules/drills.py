"""DR304: a recovery has been practised lately, or is about to be. It reads today's date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.kinds.postgresql import Postgresql
from archgen.model.document import RunbookFacts
from archgen.model.resolve import Resolved

CODE = "DR304"
TITLE = "A recovery procedure has not been practiced"
SEVERITY = "warning"

LONGEST_DAYS = 180


def check_on(resolved: Resolved, today: str) -> Iterator[Diagnostic]:
    """Every runbook that promises a recovery, by its objectives or by a rhythm of drills, wherever it exists."""
    runbooks: dict[str, RunbookFacts] = {}
    for architecture in resolved.architectures.values():
        for name, facts in architecture.document.runbooks.items():
            runbooks.setdefault(name, facts)
    for name, facts in runbooks.items():
        promised = facts.rto_minutes is not None or facts.rpo_minutes is not None or facts.drill_every_days is not None
        found = _late(name, facts, today) if promised else None
        if found:
            yield found
    yield from _never(resolved, runbooks)


def _never(resolved: Resolved, runbooks: dict[str, RunbookFacts]) -> Iterator[Diagnostic]:
    """Databases of production with runbooks, none of which has a date or says when it will have one."""
    dated = {
        n
        for f in runbooks.values()
        if f.due or f.last_tested or f.rto_minutes is not None
        for n in (f.component, *f.also)
    }
    about = {n for f in runbooks.values() for n in (f.component, *f.also)}
    production = [a for a in resolved.today() if a.environment.production]
    for name in dict.fromkeys(name for a in production for name, _database in a.of_kind(Postgresql)):
        if name in about and name not in dated:
            message = f"no recovery of '{name}' has been practised, and none is planned"
            help_ = "give next_drill, or last_tested, to a runbook that is about it"
            yield Diagnostic(CODE, message, help_, ("components", name))


def _late(name: str, facts: RunbookFacts, today: str) -> Diagnostic | None:
    path: Path = ("runbooks", name)
    if facts.next_drill is None and facts.last_tested is None:
        message = f"'{name}' has never been practised, and no drill is planned"
        help_ = "practise it, and state last_tested; or plan it with next_drill"
        return Diagnostic(CODE, message, help_, path)
    if facts.due and facts.due < today:
        message = f"'{name}' was to be practised by {facts.due}"
        help_ = "practise it, state last_tested and result, and plan the next one"
        key = "next_drill" if facts.next_drill else "last_tested"
        return Diagnostic(CODE, message, help_, (*path, key))
    if facts.due is None and facts.last_tested and facts.last_tested < _days_before(today, LONGEST_DAYS):
        message = f"'{name}' was last practised on {facts.last_tested}, more than {LONGEST_DAYS} days ago"
        return Diagnostic(CODE, message, "practise it again", (*path, "last_tested"))
    return None


def _days_before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
