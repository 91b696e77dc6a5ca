"""DATA408: messages are kept longer than their consumers may be down."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._messages import QUEUE, has_setting, receivers
from archgen.rules._stated import unsaid, with_key

CODE = "DATA408"
TITLE = "Messages expire while their consumer is recovered"
SEVERITY = "error"

SETTINGS = {"retention_days": 24 * 60, "retention_hours": 60}  # of queues and of streams, with the minutes of one unit


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each queue or stream that keeps messages for less than the recovery time objective of a consumer."""
    objectives = _objectives(architecture)
    for setting, unit in SETTINGS.items():
        for name, kept in with_key(architecture, setting):
            if setting == "retention_days" and not has_setting(architecture, name, QUEUE):
                continue  # a topic keeps messages only so that they can be read again
            asked = {
                consumer: objectives[consumer]
                for consumer in (*receivers(architecture, name), name)
                if consumer in objectives
            }
            if not asked:
                continue
            path = ("components", name, setting)
            slowest = max(asked, key=lambda consumer: asked[consumer])
            if kept is None:
                yield unsaid(*path)
            elif kept * unit < asked[slowest]:
                message = f"'{name}' keeps messages for {kept * unit:g} minutes, but the recovery of '{slowest}' may take {asked[slowest]}"
                yield Diagnostic(CODE, message, f"keep messages for longer than {asked[slowest]} minutes", path)
            else:
                yield Passed(path)


def _objectives(a: Architecture) -> dict[str, int]:
    """The longest recovery time objective of each component that a runbook is about, in minutes."""
    longest: dict[str, int] = {}
    for facts in a.document.runbooks.values():
        for name in (facts.component, *facts.also):
            if facts.rto_minutes is not None and name:
                longest[name] = max(facts.rto_minutes, longest.get(name, 0))
    return longest
