"""How often a schedule starts something, from its expression."""

from __future__ import annotations

import re
from itertools import pairwise

_UNITS = {"minute": 1, "hour": 60, "day": 1440}
_DAY = 1440


def gaps(expression: str) -> tuple[int, int | None] | None:
    """The shortest and the longest time between two starts, in minutes; None if the expression is not understood.

    Understood are `rate(5 minutes)`, the cron expressions of AWS in `cron(…)`, and those of five fields. The longest time is None if
    it depends on the days.
    """
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression.strip()):
        minutes = int(rate[1]) * _UNITS[rate[2]]
        return minutes, minutes
    inner = re.fullmatch(r"cron\((.*)\)", expression.strip())
    fields = (inner[1] if inner else expression).split()
    if len(fields) != (6 if inner else 5):
        return None
    minutes_, hours = _values(fields[0], 59), _values(fields[1], 23)
    if not minutes_ or not hours:
        return None
    starts = sorted(hour * 60 + minute for hour in hours for minute in minutes_)
    within = [later - earlier for earlier, later in pairwise(starts)]
    overnight = starts[0] + _DAY - starts[-1]
    every_day = set(fields[2:]) <= {"*", "?"}
    if every_day:
        return min([*within, overnight]), max([*within, overnight])
    return min([*within, overnight]), None


def _values(field: str, last: int) -> list[int]:
    """The numbers that a field of a cron expression stands for; empty if it is not understood."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|\d+(?:-\d+)?)(?:/(\d+))?", part)
        if not match or match[2] == "0":
            return []
        first, _, end = match[1].partition("-")
        start = 0 if first == "*" else int(first)
        stop = int(end) if end else last if first == "*" or match[2] else start
        found.update(range(start, stop + 1, int(match[2] or 1)))
    return sorted(found) if max(found, default=last + 1) <= last else []
