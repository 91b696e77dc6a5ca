"""Which coordinates a review compares: each with itself, and each environment as it is today with what it becomes."""

from __future__ import annotations

from collections.abc import Iterable

from archgen.model.coordinate import Axes, Coordinate
from archgen.model.resolve import Resolved
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class CoordinatePair:
    """A coordinate before and after a change; None on the side that does not have it.

    `today` tells whether it is what an environment is today: what is applied next. `later` is a phase after that.
    """

    one: Coordinate | None
    other: Coordinate | None
    today: bool = False
    later: bool = False

    @property
    def here(self) -> Coordinate:
        """The coordinate after the change, or the one before it if the change removes it."""
        here = self.other or self.one
        assert here is not None
        return here

    @property
    def steps(self) -> bool:
        """Whether an environment enters another phase."""
        return self.one is not None and self.other is not None and self.one != self.other


def pairs(old: Resolved, new: Resolved) -> list[CoordinatePair]:
    """The pairs: first what environments are today, in the order of the newer model, then all other coordinates."""
    today = [_today(old.axes, new.axes, cloud, environment) for cloud, environment in _homes(old.axes, new.axes)]
    known = {pair.here for pair in today}
    rest = [CoordinatePair(c if c in old.axes.all else None, c, later=_is_later(new.axes, c)) for c in new.axes.all]
    rest += [CoordinatePair(c, None) for c in old.axes.all if c not in new.axes.all]
    stepped = {pair.here for pair in today if pair.steps}
    return [*today, *(pair for pair in rest if pair.here not in known or pair.here in stepped)]


def _homes(old: Axes, new: Axes) -> list[tuple[str, str]]:
    return list(dict.fromkeys((c.cloud, c.environment) for axes in (new, old) for c in axes.all))


def _today(old: Axes, new: Axes, cloud: str, environment: str) -> CoordinatePair:
    one, other = (
        axes.stands(cloud, environment) if cloud in axes.clouds and environment in axes.environments else None
        for axes in (old, new)
    )
    return CoordinatePair(one, other, today=True)


def _is_later(axes: Axes, c: Coordinate) -> bool:
    return axes.phases.index(c.phase) > axes.phases.index(axes.stands(c.cloud, c.environment).phase)


_MOST = 6  # coordinates that the newer model does not have


class ConditionWords:
    """Puts coordinates into words: as conditions of the newer model, or of the older one for what a change removes."""

    def __init__(self, old: Resolved, new: Resolved) -> None:
        self._old, self._new = old.axes, new.axes

    def words(self, coordinates: Iterable[Coordinate]) -> tuple[str, ...]:
        """Conditions that cover exactly these coordinates, such as `aws & prod`; `everywhere` for all of them.

        Environments in their current phases are `aws & prod today`.
        """
        found = set(coordinates)
        here = [c for c in self._new.all if c in found]
        then = [str(c) for c in self._old.all if c in found and c not in self._new.all]
        if here and len(self._new.phases) > 1 and all(c == self._new.stands(c.cloud, c.environment) for c in here):
            homes = {(c.cloud, c.environment) for c in here}
            every = self._new.where(c for c in self._new.all if (c.cloud, c.environment) in homes)
            now = [f"{text} today" for text in self._new.cover(every)]
        else:
            now = self._new.cover(self._new.where(here)) if here else []
        return (*now, *then[:_MOST], *([f"and {len(then) - _MOST} more"] if len(then) > _MOST else []))
