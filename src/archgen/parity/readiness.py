"""How ready each cloud is to run the architecture, from the rows of the parity table and their reviews, and what is lacking."""

from __future__ import annotations

from dataclasses import dataclass

from archgen.catalog import clouds
from archgen.model.document import Capability
from archgen.model.resolve import Resolved
from archgen.parity.reviews import Reviews, State, state

# The value of a row (0 to 1) on a cloud that is not the primary one.
POINTS = {"equivalent": 1.0, "partial": 0.5, "gap": 0.0, "not-needed": 1.0}
UNREVIEWED = 0.5  # factor for a row without a current review


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A row that does not count in full: its id and name, the percentage points that are lost, and the reason."""

    id: str
    name: str
    points: float
    why: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """The score of a cloud in percent, rounded down, and every row that keeps it below 100."""

    cloud: str
    name: str
    score: int
    lacks: tuple[Shortfall, ...]


def readiness(resolved: Resolved, reviews: Reviews) -> list[Readiness]:
    """The readiness of each cloud, in the order of the clouds; empty if the model has no capabilities.

    A row counts 1 if both sides are equivalent or nothing is needed, ½ if they are partly equivalent, and 0 if there is a gap. On the
    primary cloud, with which the others are compared, a row counts 1 if anything provides it. Without a current review a row counts half.
    """
    capabilities = resolved.default.document.capabilities
    states = {name: state(resolved, reviews, name) for name in capabilities}
    return [_cloud(resolved, cloud, states) for cloud in resolved.axes.clouds if capabilities]


def _cloud(resolved: Resolved, cloud: str, states: dict[str, State]) -> Readiness:
    capabilities = resolved.default.document.capabilities
    primary = cloud == resolved.axes.primary
    lacks, total = [], 0.0
    for name, capability in capabilities.items():
        met = _points(capability, cloud, primary=primary)
        counted = met if states[name].current else met * UNREVIEWED
        total += counted
        if counted < 1:
            lost = 100 * (1 - counted) / len(capabilities)
            lacks.append(
                Shortfall(name, capability.name, round(lost, 1), _reason(capability, cloud, met, states[name]))
            )
    return Readiness(cloud, clouds()[cloud].name, int(100 * total / len(capabilities) + 1e-9), tuple(lacks))


def _points(capability: Capability, cloud: str, *, primary: bool) -> float:
    """The value of a row for a cloud before its review is considered, from 0 to 1."""
    met = getattr(capability, cloud) is not None or capability.status == "not-needed"
    if primary or not met:
        return 1.0 if met else 0.0
    # If only one cloud provides a capability, that cloud lacks nothing.
    return POINTS[capability.status] if capability.aws and capability.gcp else 1.0


def _reason(capability: Capability, cloud: str, met: float, review: State) -> str:
    reasons = []
    if met == 0:
        reasons.append("nothing provides it")
    elif met < 1:
        reasons.append("partly equivalent")
    if review.stamp is None:
        reasons.append("never reviewed")
    elif review.changed:
        reasons.append(f"changed on {' and '.join(clouds()[c].name for c in review.changed)} since its review")
    return ", ".join(reasons)
