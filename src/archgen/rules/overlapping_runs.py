"""HA216: a run that a schedule starts ends before the next one starts."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._messages import has_setting
from archgen.rules._schedules import gaps
from archgen.rules._stated import unsaid, with_key

CODE = "HA216"
TITLE = "A scheduled run may start while the one before still works"
SEVERITY = "warning"

NEVER_OVERLAP = "cloud-scheduler"  # starts the next run only when the one before has answered


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each schedule that starts something more often than its longest run allows."""
    for name, expression in with_key(architecture, "expression"):
        if architecture.components[name].product == NEVER_OVERLAP:
            continue
        path = ("components", name, "expression")
        started = [
            c.head for c in architecture.traffic_from(name) if has_setting(architecture, c.head, "timeout_seconds")
        ]
        gap = gaps(expression) if expression else None
        for target in started:
            longest = getattr(architecture.components[target], "timeout_seconds")  # noqa: B009 -- kinds are not imported here
            if expression is None:
                yield unsaid(*path)
            if longest is None:
                yield unsaid("components", target, "timeout_seconds")
            if gap is None or longest is None:
                continue
            if longest > gap[0] * 60:
                message = f"'{name}' starts '{target}' every {gap[0]} minutes, but a run may take {longest} seconds"
                help_ = "start it less often, shorten its timeout, or waive this finding if two runs at once do no harm"
                yield Diagnostic(CODE, message, help_, path)
            else:
                yield Passed(path)
