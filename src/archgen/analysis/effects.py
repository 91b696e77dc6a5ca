"""What follows from a loss: what stops, what is degraded, who is cut off, and which connections have no way left.

A component needs what it runs on, and what it calls unless the model says `required: false`. What passes requests on, such as a load
balancer, stops only without all of its targets. People do not stop, and nothing depends on them: they are cut off. What a component
calls in another network or at a site is lost to it, too, when no way over links is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field

from archgen.analysis.crossings import Crossing, closed, crossings
from archgen.analysis.dependence import Dependence, needs
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.remembered import remembered
from archgen.model.wording import listed
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Needed:
    """What is needed in an architecture: the needs by each component that they name, and by each connection on whose way they depend.

    `crossings` has the connections that have a way over links as long as nothing is lost, and `carriers` everything on these ways.
    """

    architecture: Architecture
    by_target: Mapping[str, tuple[Dependence, ...]]
    by_connection: Mapping[str, tuple[Dependence, ...]]
    crossings: dict[str, Crossing]
    carriers: Collection[str]


@remembered
def needed_by(a: Architecture) -> Needed:
    """What each component of an architecture needs."""
    by_target: dict[str, list[Dependence]] = {}
    by_connection: dict[str, list[Dependence]] = {}
    for need in needs(a):
        for target in dict.fromkeys(need.targets):
            by_target.setdefault(target, []).append(need)
        for connection in need.over:
            by_connection.setdefault(connection, []).append(need)
    found = {id_: crossing for id_, crossing in crossings(a).items() if crossing.is_open()}
    carriers: set[str] = set()
    for crossing in found.values():
        carriers |= {*crossing.links.components, *([crossing.exit] if crossing.exit else [])}
    return Needed(
        a,
        {name: tuple(listed) for name, listed in by_target.items()},
        {id_: tuple(listed) for id_, listed in by_connection.items()},
        found,
        carriers,
    )


@dataclass(slots=True)
class Effects:
    """What follows from a loss, each with its reason; the reason of what is lost itself is empty.

    `open` has what is missing for each component of which a connection does not say whether it stops. `cut` has the IDs of the
    connections without a way, each with the component or place without which it has none.
    """

    down: dict[str, str]
    degraded: dict[str, str]
    cut_off: dict[str, str] = field(default_factory=dict)
    open: dict[str, tuple[Lack, ...]] = field(default_factory=dict)
    cut: dict[str, str] = field(default_factory=dict)


def effects(
    needed: Needed,
    lost: Iterable[str],
    weakened: Mapping[str, str],
    places: Collection[str] = (),
    *,
    settled: bool = True,
) -> Effects:
    """The effects of losing components, and of losing networks or sites (`places`), which then lead nowhere.

    What a connection leaves open counts as unknown or, if not `settled`, as stopping.
    """
    return _Walk(needed, lost, weakened, places, settled=settled).found


class _Walk:
    """One walk from what is lost to everything that needs it."""

    def __init__(
        self,
        needed: Needed,
        lost: Iterable[str],
        weakened: Mapping[str, str],
        places: Collection[str],
        *,
        settled: bool,
    ) -> None:
        self.needed, self.a, self.places, self.settled = needed, needed.architecture, places, settled
        self.found = Effects(dict.fromkeys(lost, ""), dict(weakened))
        self.waiting = list(self.found.down)
        self._follow()
        for place in places:
            self._close(place)
        self._follow()

    def _follow(self) -> None:
        """Follow the needs of everything that is lost and was not followed yet."""
        while self.waiting:
            name = self.waiting.pop(0)
            for need in self.needed.by_target.get(name, ()):
                self._apply(need, need.why.format(self._title(name)))
            if name in self.needed.carriers:
                self._close(name)

    def _close(self, lost: str) -> None:
        """Cut the connections that have no way without a component, a network or a site, together with everything lost before."""
        down = {*self.found.down, *self.places}
        cut = [id_ for id_ in closed(self.needed.crossings, down) if id_ not in self.found.cut]
        self.found.cut |= dict.fromkeys(cut, lost)
        for id_ in cut:
            for need in self.needed.by_connection.get(id_, ()):
                self._apply(need, self._without_way(need, id_, lost))
        for id_, crossing in self.needed.crossings.items():
            if id_ not in self.found.cut and not crossing.lack:
                self._detour(crossing, lost, down)

    def _detour(self, crossing: Crossing, lost: str, down: Collection[str]) -> None:
        """Mark a caller as degraded that reaches the other end in another way now, or from another region only."""
        caller, called = crossing.connection.tail, crossing.connection.head
        if caller in self.found.down or caller in self.found.cut_off or called in self.found.down:
            return
        usual = [way for ends in crossing.ends for way in crossing.links.ways(*ends)[:1]]
        if crossing.is_whole() and not crossing.is_whole(down):
            what = f"has no way to {self._title(called)} from one of its regions"
            self.found.degraded.setdefault(caller, f"{what} without {self._title(lost)}")
        elif (left := crossing.ways_without(down)) and (
            any(lost in (*way, *crossing.passed(way)) for way in usual)
            or len(left) == len(crossing.ends) < len(crossing.ways)
        ):
            only = "only " if len(left) == len(crossing.ends) else ""
            over = listed(self._title(name) for name in left[0] if name in crossing.links.links)
            self.found.degraded.setdefault(caller, f"reaches {self._title(called)} {only}over {over}")

    def _without_way(self, need: Dependence, id_: str, lost: str) -> str:
        connection = self.needed.crossings[id_].connection
        if need.owner == connection.tail:
            return f"has no way to {self._title(connection.head)} without {self._title(lost)}"
        return f"{self._title(connection.tail)} has no way to it without {self._title(lost)}"

    def _apply(self, need: Dependence, why: str) -> None:
        """Note what happens to the owner of a need of which something is lost."""
        found, owner = self.found, need.owner
        if owner in found.down:
            return
        gone, lacks = self._is_gone(need)
        if self.a.components[owner].person and gone:
            found.cut_off.setdefault(owner, why)
            found.degraded.pop(owner, None)
        elif gone and lacks and self.settled and need.effect != "degraded":
            found.open[owner] = tuple(dict.fromkeys((*found.open.get(owner, ()), *lacks)))
        elif gone and need.effect != "degraded":
            found.down[owner] = why
            self.waiting.append(owner)
        elif owner not in found.cut_off:
            found.degraded.setdefault(owner, why)

    def _is_gone(self, need: Dependence) -> tuple[bool, tuple[Lack, ...]]:
        """Whether everything that is enough for a need is lost, and what the model does not say about that."""
        lacks = [need.lack] if need.lack else []
        for at, target in enumerate(need.targets):
            if target in self.found.down:
                continue
            id_ = need.over[at] if need.over else ""
            if id_ not in self.found.cut:
                return False, ()
            if lack := self.needed.crossings[id_].lack:
                lacks.append(lack)
        return True, tuple(lacks)

    def _title(self, id_: str) -> str:
        """The title of a component, or the name of a network or a site."""
        if id_ in self.a.components:
            return self.a.components[id_].title
        return self.a.place_name(id_)
