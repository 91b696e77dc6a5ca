"""Rows of the parity table and their reviews in; out comes how ready each cloud is, and what keeps it from being so."""

from __future__ import annotations

from dataclasses import dataclass

from archgen.catalog import clouds
from archgen.model.document import Capability
from archgen.model.resolve import Resolved
from archgen.parity.reviews import Reviews, State, state

# What a row counts on a cloud that is not the primary one.
POINTS = {"equivalent": 1.0, "partial": 0.5, "gap": 0.0, "not-needed": 1.0}
UNREVIEWED = 0.5  # times that, while nobody has compared both sides as they are


@dataclass(frozen=True, slots=True)
class Lack:
    """A row that does not count in full: by its id and name, percent points, and why."""

    id: str
    name: str
    points: float
    why: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """A cloud's score in percent, rounded down, and every row that keeps it from 100."""

    cloud: str
    name: str
    score: int
    lacks: tuple[Lack, ...]


def readiness(resolved: Resolved, reviews: Reviews) -> list[Readiness]:
    """The score of each cloud, in their order; empty in a model without capabilities.

    A row counts 1 where both sides are equivalent or nothing is needed, ½ where they are partly so, 0 where there is a gap. The primary
    cloud is what the others are compared with: there a row counts 1 unless nothing meets it. Without a current review it counts half.
    """
    capabilities = resolved.default.document.capabilities
    states = {name: state(resolved, reviews, name) for name in capabilities}
    return [_of(resolved, cloud, states) for cloud in resolved.axes.clouds if capabilities]


def _of(resolved: Resolved, cloud: str, states: dict[str, State]) -> Readiness:
    capabilities = resolved.default.document.capabilities
    primary = cloud == resolved.axes.primary
    lacks, total = [], 0.0
    for name, capability in capabilities.items():
        met = _points(capability, cloud, primary=primary)
        counted = met if states[name].current else met * UNREVIEWED
        total += counted
        if counted < 1:
            lost = 100 * (1 - counted) / len(capabilities)
            lacks.append(Lack(name, capability.name, round(lost, 1), _why(capability, cloud, met, states[name])))
    return Readiness(cloud, clouds()[cloud].name, int(100 * total / len(capabilities) + 1e-9), tuple(lacks))


def _points(capability: Capability, cloud: str, *, primary: bool) -> float:
    met = getattr(capability, cloud) is not None or capability.status == "not-needed"
    if primary or not met:
        return 1.0 if met else 0.0
    # Where one side is missing, the other lacks nothing.
    return POINTS[capability.status] if capability.aws and capability.gcp else 1.0


def _why(capability: Capability, cloud: str, met: float, review: State) -> str:
    reasons = []
    if met == 0:
        reasons.append("nothing meets it")
    elif met < 1:
        reasons.append("partly equivalent")
    if review.stamp is None:
        reasons.append("never reviewed")
    elif review.changed:
        reasons.append(f"changed on {' and '.join(clouds()[c].name for c in review.changed)} since its review")
    return ", ".join(reasons)
