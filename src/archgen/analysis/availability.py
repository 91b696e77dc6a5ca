"""The availability that vendors promise, in percent of a month, for everything that a component or a flow needs.

It is an upper bound: where one part states no promise, nothing is known about the whole except that it cannot be better than the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, prod

from archgen.analysis.dependence import is_needed
from archgen.analysis.interrupted_flows import only_manages
from archgen.analysis.regions import is_active_in_several
from archgen.analysis.survival import copies_by_default
from archgen.catalog import ServiceLevel
from archgen.model.architecture import Architecture


@dataclass(frozen=True, slots=True)
class ComponentPromise:
    """A needed component: its id, the percentage that the vendor promises for its product as configured, and the vendor's SLA."""

    component: str
    percent: float
    level: ServiceLevel


@dataclass(frozen=True, slots=True)
class Promise:
    """The combined promise of several components: `parts` have an SLA, `unknown` are the ids of components without one.

    `alternatives` are the ids of components of which another one, or the same one in another region, is enough. They are not counted, so
    the promise is an upper bound.
    It is one, too, if there are components in `at_best`: their vendor promises less for a single copy, and it is not known whether
    there are more.
    """

    parts: tuple[ComponentPromise, ...]
    unknown: tuple[str, ...]
    alternatives: tuple[str, ...] = ()
    at_best: tuple[str, ...] = ()

    @property
    def at_most(self) -> float | None:
        """The product of all known promises in percent, since parts fail independently; None if none is known."""
        return 100 * prod(part.percent / 100 for part in self.parts) if self.parts else None

    @property
    def minutes(self) -> float | None:
        """The downtime that the known promises allow, in minutes of a 30-day month; None if none is known."""
        return None if self.at_most is None else (100 - self.at_most) / 100 * 30 * 24 * 60

    @property
    def extent(self) -> str:
        """How many parts state a promise, such as `1 of 2 parts states a promise`."""
        count = len(self.parts) + len(self.unknown)
        number = len(self.alternatives)
        which = "1 part that has others beside it" if number == 1 else f"{number} parts that have others beside them"
        others = f", not counting {which}" if self.alternatives else ""
        return f"{len(self.parts)} of {count} parts {'states' if len(self.parts) == 1 else 'state'} a promise{others}"

    @property
    def bound(self) -> str:
        """`at most ` if the promise is an upper bound, and otherwise nothing."""
        return "at most " if self.unknown or self.alternatives or self.at_best else ""

    @property
    def text(self) -> str:
        """The promise in words, such as `at most 99.95%; 1 of 2 parts states a promise`, or that it is unknown."""
        return f"{self.amount}; {self.extent}"

    @property
    def amount(self) -> str:
        """The percentage with two decimals, or `unknown`.

        An upper bound is rounded up, and a promise down, so that neither claims more than is known.
        """
        if self.at_most is None:
            return "unknown"
        hundredths = ceil(self.at_most * 100 - 1e-6) if self.bound else floor(self.at_most * 100 + 1e-6)
        return f"{self.bound}{hundredths / 100:.2f}%"


def needs(a: Architecture, component: str) -> list[str]:
    """The ids of a component and of everything that it needs, directly or indirectly: required callees and hosts."""
    needed = dict.fromkeys([component])
    waiting = [component]
    while waiting:
        name = waiting.pop()
        entity = a.components[name]
        calls = [c for c in a.traffic_from(name) if is_needed(a, c)]
        ways = {c.head for c in calls if c.need == "own-way"}  # one of several is enough
        direct = [c.head for c in calls if c.need != "own-way" or len(ways) == 1]
        direct += [entity.runs_on] if entity.runs_on else []
        fresh = [name for name in direct if name not in needed]
        needed.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(needed)


def of_component(a: Architecture, component: str) -> Promise:
    """The combined promise for a component and everything it needs."""
    return _promise(a, needs(a, component))


def of_flow(a: Architecture, flow: str) -> Promise:
    """The combined promise for the components of a flow's required steps, and for everything that these need.

    What passes requests on needs only the targets that the flow passes.
    """
    steps = a.document.flows[flow].steps
    reached = {step.to for step in steps if step.to != step.from_}
    passed = dict.fromkeys([steps[0].from_, *(s.from_ for s in steps if s.from_ not in reached)])
    used = dict(passed)
    for step in steps:
        calls = a.along(step)
        optional = bool(calls) and all(c.need == "optional" or c.call.one_of for c in calls)
        if step.from_ in passed and not optional:
            passed[step.to] = None
            if not only_manages(a, step):
                used[step.to] = None
    hosts = [host for name in passed if (host := a.components[name].runs_on)]
    return _promise(a, dict.fromkeys([*passed, *hosts, *_needed_by(a, used)]))


def _needed_by(a: Architecture, names: Iterable[str]) -> list[str]:
    """The ids of what components need, directly or indirectly, apart from the targets to which a proxy passes requests on."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        host = a.components[name].runs_on
        direct = [c.head for c in a.traffic_from(name) if c.need == "required" and is_needed(a, c)]
        fresh = [other for other in (*direct, *([host] if host else [])) if other not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(found)


def _promise(a: Architecture, names: Iterable[str]) -> Promise:
    """The promise of components. People promise nothing and are not counted."""
    parts, unknown, at_best, beside, alternatives = [], [], [], list[str](), dict[str, None]()
    for name in (counted := list(names)):
        calls = a.traffic_from(name)
        alternatives |= dict.fromkeys(
            c.head for c in calls if c.need == "own-way" or (c.call.one_of and c.need != "optional")
        )
        component = a.components[name]
        product = a.product(component)
        if is_active_in_several(a, component):
            beside.append(name)
        elif product and product.sla:
            percent = product.sla.percent
            if product.sla.single_zone is not None:
                single = _is_single(a, name)
                percent = product.sla.single_zone if single else percent
                at_best += [name] if single is None else []
            parts.append(ComponentPromise(name, percent, product.sla))
        elif not component.person:
            unknown.append(name)
    others = (*beside, *(other for other in alternatives if other not in counted))
    return Promise(tuple(parts), tuple(unknown), others, tuple(at_best))


def _is_single(a: Architecture, name: str) -> bool | None:
    """Whether a component is in one zone only; None if the model does not say it."""
    component = a.components[name]
    copies = component.copies(len(a.zones))
    if copies == 1 or len(set(component.zones)) == 1:
        return True
    if a.traits(name).redundancy in ("regional", "global") or len(set(component.zones)) > 1:
        return False
    return None if copies is None or copies_by_default(a, name) else False
