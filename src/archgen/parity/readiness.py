"""How ready each cloud is to run the architecture, from the rows of the parity table and their reviews, and what is lacking.

A row without a current review is unknown: no one has compared its sides, so it may count anything up to what the model claims. The
result is therefore a range.
"""

from __future__ import annotations

from math import ceil, floor

from archgen.model.document import Capability
from archgen.model.resolve import Resolved
from archgen.model.wording import counted
from archgen.parity.reviews import Reviews, State, state
from archgen.records import dataclass

# The value of a row (0 to 1) on a cloud that is not the primary one.
POINTS = {"equivalent": 1.0, "partial": 0.5, "gap": 0.0, "not-needed": 1.0}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A row that does not count in full: its id and name, and the reason.

    `lost` is the part of the row that is lost for certain, `doubtful` the part about which nothing is known without a review.
    """

    id: str
    name: str
    lost: float
    doubtful: float
    why: str

    @property
    def rows(self) -> str:
        """What is lost in words: `1 row`, `½ row`, or `up to 1 row` if that is not known."""
        return row_count(self.lost) if not self.doubtful else f"up to {row_count(self.lost + self.doubtful)}"


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many of a cloud's rows count: at least `least` and at most `most` of `rows`; `unreviewed` rows have no current review."""

    cloud: str
    name: str
    rows: int
    least: float
    most: float
    unreviewed: int
    shortfalls: tuple[Shortfall, ...]

    @property
    def low(self) -> int:
        """The percentage that is certain, rounded down."""
        return floor(100 * self.least / self.rows + 1e-9)

    @property
    def high(self) -> int:
        """The percentage that is possible: rounded up if it is not known, so that it is never too small."""
        return self.low if self.least == self.most else ceil(100 * self.most / self.rows - 1e-9)

    @property
    def percent(self) -> str:
        """The result as a percentage or a range, such as `87%` or `between 40% and 70%`."""
        return f"{self.low}%" if self.low == self.high else f"between {self.low}% and {self.high}%"

    @property
    def basis(self) -> str:
        """What the result is computed from: the rows that count, or those that no one has reviewed."""
        if self.unreviewed:
            lack = "has" if self.unreviewed == 1 else "have"
            return f"{self.unreviewed} of {counted(self.rows, 'row')} {lack} no current review"
        return f"{row_count(self.least).partition(' ')[0]} of {counted(self.rows, 'row')}"


def applies(resolved: Resolved) -> bool:
    """Whether there is anything to compare: a model with one cloud has no parity."""
    return len(resolved.axes.clouds) > 1


def readiness(resolved: Resolved, reviews: Reviews) -> list[Readiness]:
    """The readiness of each cloud, in the order of the clouds; empty if the model has one cloud or no capabilities.

    A row counts 1 if both sides are equivalent or nothing is needed, ½ if they are partly equivalent, and 0 if there is a gap. On the
    primary cloud, with which the others are compared, a row counts 1 if anything provides it. Without a current review, it counts
    between 0 and that. A proposal counts 0 until a person confirms it.
    """
    capabilities = resolved.default.document.capabilities
    if not capabilities or not applies(resolved):
        return []
    states = {name: state(resolved, reviews, name) for name in capabilities}
    return [_cloud(resolved, cloud, states) for cloud in resolved.axes.clouds]


def row_count(number: float) -> str:
    """A number of rows in words: `1 row`, `½ row`, `17½ rows`."""
    whole, half = int(number), number % 1 >= 0.5
    shown = f"{whole or ('' if half else 0)}{'½' if half else ''}"
    return f"{shown} row{'' if number <= 1 and number else 's'}"


def _cloud(resolved: Resolved, cloud: str, states: dict[str, State]) -> Readiness:
    capabilities = resolved.default.document.capabilities
    shortfalls, certain, doubtful = [], 0.0, 0.0
    for name, capability in capabilities.items():
        met = _points(resolved, capability, cloud)
        current = states[name].current
        certain += met if current else 0
        doubtful += 0 if current else met
        if met < 1 or not current:
            why = _reason(resolved, met, states[name], proposed=cloud in capability.proposed)
            shortfalls.append(Shortfall(name, capability.name, 1 - met, 0 if current else met, why))
    return Readiness(
        cloud,
        resolved.clouds[cloud].name,
        len(capabilities),
        certain,
        certain + doubtful,
        sum(not review.current for review in states.values()),
        tuple(shortfalls),
    )


def _points(resolved: Resolved, capability: Capability, cloud: str) -> float:
    """The value of a row for a cloud as the model states it, from 0 to 1."""
    met, primary = capability.on(cloud) is not None or capability.status == "not-needed", resolved.axes.primary
    if cloud in capability.proposed:
        return 0.0
    if cloud == primary or not met:
        return 1.0 if met else 0.0
    # A cloud that provides what the primary cloud does not lacks nothing.
    return POINTS[capability.status] if capability.on(cloud) and capability.on(primary) else 1.0


def _reason(resolved: Resolved, met: float, review: State, *, proposed: bool) -> str:
    if proposed:
        return "only proposed"
    reasons = []
    if met == 0:
        reasons.append("nothing provides it")
    elif met < 1:
        reasons.append("partly equivalent")
    if review.stamp is None:
        reasons.append("never reviewed")
    elif review.changed:
        reasons.append(f"changed on {' and '.join(resolved.clouds[c].name for c in review.changed)} since its review")
    return ", ".join(reasons)
