"""The availability that vendors promise, in percent of a month, for everything that a component or a flow needs.

It is an upper bound: where one part states no promise, nothing is known about the whole except that it cannot be better than the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, prod

from archgen.analysis.dependence import is_needed
from archgen.catalog import ServiceLevel
from archgen.kinds.actor import Actor
from archgen.model.architecture import Architecture


@dataclass(frozen=True, slots=True)
class ComponentPromise:
    """A needed component: its id, the percentage that the vendor promises for its product as configured, and the vendor's SLA."""

    component: str
    percent: float
    level: ServiceLevel


@dataclass(frozen=True, slots=True)
class Promise:
    """The combined promise of several components: `parts` have an SLA, `unknown` are the ids of components without one."""

    parts: tuple[ComponentPromise, ...]
    unknown: tuple[str, ...]

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
        return f"{len(self.parts)} of {count} parts {'states' if len(self.parts) == 1 else 'state'} a promise"

    @property
    def text(self) -> str:
        """The promise in words, such as `at most 99.95%; 1 of 2 parts states a promise`, or that it is unknown."""
        if self.at_most is None:
            return f"unknown; {self.extent}"
        return f"{'at most ' if self.unknown else ''}{percent_text(self.at_most)}; {self.extent}"


def percent_text(percent: float) -> str:
    """A percentage with two decimals, rounded down so that it never claims more than is promised."""
    return f"{floor(percent * 100 + 1e-6) / 100:.2f}%"


def needs(a: Architecture, component: str) -> list[str]:
    """The ids of a component and of everything that it needs, directly or indirectly: required callees and hosts."""
    needed = dict.fromkeys([component])
    waiting = [component]
    while waiting:
        name = waiting.pop()
        entity = a.components[name]
        direct = [c.head for c in a.traffic_from(name) if is_needed(a, c)]
        direct += [entity.runs_on] if entity.runs_on else []
        fresh = [name for name in direct if name not in needed]
        needed.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(needed)


def of_component(a: Architecture, component: str) -> Promise:
    """The combined promise for a component and everything it needs."""
    return _promise(a, needs(a, component))


def of_flow(a: Architecture, flow: str) -> Promise:
    """The combined promise for a flow's required components and their hosts."""
    steps = a.document.flows[flow].steps
    needed = {(c.tail, c.head) for c in a.traffic if is_needed(a, c)}
    optional = {(c.tail, c.head) for c in a.traffic} - needed
    passed = dict.fromkeys([steps[0].from_])
    for step in steps:
        if (step.from_, step.to) not in optional and step.from_ in passed:
            passed[step.to] = None
    hosts = [host for name in passed if (host := a.components[name].runs_on)]
    return _promise(a, dict.fromkeys([*passed, *hosts]))


def _promise(a: Architecture, names: Iterable[str]) -> Promise:
    """The promise of components. People promise nothing and are not counted."""
    parts, unknown = [], []
    for name in names:
        component = a.components[name]
        product = a.product(component)
        if product and product.sla:
            percent = product.sla.percent
            if component.copies(len(a.zones)) == 1 and product.sla.single_zone is not None:
                percent = product.sla.single_zone
            parts.append(ComponentPromise(name, percent, product.sla))
        elif not isinstance(component, Actor):
            unknown.append(name)
    return Promise(tuple(parts), tuple(unknown))
