"""The availability that vendors promise, in percent of a month, for everything that a component or a flow needs.

Parts without which it stops are multiplied. Parts of which another one is enough, such as two lines to a data center, are not: every
combination of them that may be up or down is tried, weighted with its probability, and counts as up if it leaves enough of them. So the
whole is never better than a part that it always needs, and two lines behind one gateway are not better than the gateway.

It is an upper bound: where one part states no promise, nothing is known about the whole except that it cannot be better than the rest.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from math import ceil, floor, prod

from archgen.analysis.crossings import Crossing, crossings
from archgen.analysis.dependence import is_needed
from archgen.analysis.effects import Effects, Needed, effects, needed_by
from archgen.analysis.interrupted_flows import interrupted_flows, only_manages
from archgen.analysis.regions import is_active_in_several
from archgen.analysis.survival import copies_by_default
from archgen.catalog.product import ServiceLevel
from archgen.model.architecture import Architecture
from archgen.records import dataclass

_MOST = 6  # parts of which all combinations are tried


@dataclass(frozen=True, slots=True)
class ComponentPromise:
    """A needed component: its id, the percentage that the vendor promises for its product as configured, and the vendor's SLA."""

    component: str
    percent: float
    level: ServiceLevel


@dataclass(frozen=True, slots=True)
class Promise:
    """The combined promise of several components: `parts` have an SLA, `unknown` are the ids of components without one.

    `redundant` are parts of which others are enough, and `enough` is the share of time in which enough of them work. `alternatives` are
    the ids of such components that are not counted, because they state no promise, run in several regions or are too many, so the promise
    is an upper bound.
    It is one, too, if there are components in `at_best`: their vendor promises less for a single copy, and it is not known whether
    there are more.
    """

    parts: tuple[ComponentPromise, ...]
    unknown: tuple[str, ...]
    alternatives: tuple[str, ...] = ()
    at_best: tuple[str, ...] = ()
    redundant: tuple[ComponentPromise, ...] = ()
    enough: float = 1.0

    @property
    def at_most(self) -> float | None:
        """The product of all known promises in percent, since parts fail independently; None if none is known."""
        return (
            100 * self.enough * prod(part.percent / 100 for part in self.parts)
            if self.parts or self.redundant
            else None
        )

    @property
    def minutes(self) -> float | None:
        """The downtime that the known promises allow, in minutes of a 30-day month; None if none is known."""
        return None if self.at_most is None else (100 - self.at_most) / 100 * 30 * 24 * 60

    @property
    def extent(self) -> str:
        """How many parts state a promise, such as `1 of 2 parts states a promise`."""
        known = len(self.parts) + len(self.redundant)
        count = known + len(self.unknown)
        number = len(self.alternatives)
        which = "1 part that has others beside it" if number == 1 else f"{number} parts that have others beside them"
        others = f", not counting {which}" if self.alternatives else ""
        return f"{known} of {count} parts {'states' if known == 1 else 'state'} a promise{others}"

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
    """The ids of a component and of everything that it needs, directly or indirectly: callees, hosts, and links that all ways pass."""
    crossing = crossings(a)
    return _closure([component], direct=lambda name: _required(a, name, _own_ways(a, name), crossing))


def of_component(a: Architecture, component: str) -> Promise:
    """The combined promise for a component and everything it needs."""
    return _promise(a, needs(a, component), lambda found: component not in found.down)


def of_flow(a: Architecture, flow: str) -> Promise:
    """The combined promise for the components of a flow's required steps, and for everything that these need.

    What passes requests on needs only the targets that the flow passes.
    """
    steps = a.document.flows[flow].steps
    reached = {step.to for step in steps if step.to != step.from_}
    passed = dict.fromkeys([steps[0].from_, *(s.from_ for s in steps if s.from_ not in reached)])
    used = dict(passed)
    on_ways: dict[str, None] = {}
    crossing = crossings(a)
    for step in steps:
        calls = a.along(step)
        optional = bool(calls) and all(c.need == "optional" or c.call.one_of for c in calls)
        if step.from_ in passed and not optional:
            passed[step.to] = None
            if not only_manages(a, step):
                used[step.to] = None
            if len(calls) == 1 and calls[0].id in crossing:
                on_ways |= dict.fromkeys(crossing[calls[0].id].essential)
    hosts = [host for name in passed if (host := a.components[name].runs_on)]
    needed = _closure([*used, *on_ways], direct=lambda name: _required(a, name, set(), crossing))
    everything = list(dict.fromkeys([*passed, *hosts, *needed]))
    return _promise(a, everything, lambda found: flow not in interrupted_flows(a, found.down, found.cut).broken)


def _closure(names: Iterable[str], *, direct: Callable[[str], Iterable[str]]) -> list[str]:
    """The ids of components and of everything that they need, directly or indirectly."""
    found = dict.fromkeys(names)
    waiting = list(found)
    while waiting:
        fresh = [other for other in dict.fromkeys(direct(waiting.pop())) if other not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(found)


def _own_ways(a: Architecture, name: str) -> set[str]:
    """The components that a component calls and of which one is enough, as the targets of a load balancer."""
    return {c.head for c in a.traffic_from(name) if is_needed(a, c) and c.need == "own-way"}


def _required(a: Architecture, name: str, ways: Collection[str], crossing: Mapping[str, Crossing]) -> Iterator[str]:
    """What a component needs directly: what it requires, its only way on, and its host. One of several `ways` is enough."""
    for c in a.traffic_from(name):
        if is_needed(a, c) and (c.need == "required" or (c.need == "own-way" and ways == {c.head})):
            yield c.head
            if c.id in crossing:
                yield from crossing[c.id].essential
    if host := a.components[name].runs_on:
        yield host


def _promise(a: Architecture, names: Iterable[str], works: Callable[[Effects], bool]) -> Promise:
    """The promise of components that are all needed, and of those of which others are enough. People promise nothing and are not counted.

    `works` says whether what is promised still works after a loss.
    """
    parts, unknown, at_best, beside = [], [], [], list[str]()
    for name in (counted := list(names)):
        part, single = _part(a, name)
        if is_active_in_several(a, a.components[name]):
            beside.append(name)
        elif part:
            parts.append(part)
            at_best += [name] if single is None else []
        elif not a.components[name].person:
            unknown.append(name)
    needed = needed_by(a)
    direct = _alternatives(a, counted)
    others = [other for other in _stopping(a, needed, direct) if other not in counted]
    alone = [other for other in others if not is_active_in_several(a, a.components[other])]
    known = [part for other in alone if (part := _part(a, other)[0])]
    if not known or len(known) > _MOST:
        return Promise(tuple(parts), tuple(unknown), (*beside, *direct), tuple(at_best))
    at_best += [part.component for part in known if _part(a, part.component)[1] is None]
    silent = set(others) - {part.component for part in known}
    left = [other for other in direct if silent & set(_stopping(a, needed, [other]))]
    enough = _enough(needed, known, works)
    return Promise(tuple(parts), tuple(unknown), (*beside, *left), tuple(at_best), tuple(known), enough)


def _alternatives(a: Architecture, names: Collection[str]) -> list[str]:
    """The components of which others are enough: targets of proxies, alternatives that calls name, and links on one of several ways."""
    crossing = crossings(a)
    found: dict[str, None] = {}
    for c in (c for name in names for c in a.traffic_from(name) if c.need != "optional"):
        if c.need == "own-way" or c.call.one_of:
            found[c.head] = None
        elif c.id in crossing and is_needed(a, c):
            found |= dict.fromkeys(name for way in crossing[c.id].ways for name in crossing[c.id].passed(way))
    return [name for name in found if name not in names]


def _stopping(a: Architecture, needed: Needed, names: Iterable[str]) -> list[str]:
    """Components and everything that may stop them, alone or together with other losses, in the order of the model."""
    owned: dict[str, list[str]] = {}
    for need in (n for listed in needed.by_target.values() for n in listed if n.effect == "stops"):
        on_ways = (
            name
            for id_ in need.over
            if id_ in needed.crossings
            for way in needed.crossings[id_].ways
            for name in needed.crossings[id_].passed(way)
        )
        owned.setdefault(need.owner, []).extend((*need.targets, *on_ways))
    found = _closure(names, direct=lambda name: owned.get(name, ()))
    return [name for name in a.components if name in found and not a.components[name].person]


def _enough(needed: Needed, parts: Collection[ComponentPromise], works: Callable[[Effects], bool]) -> float:
    """The share of time in which enough of the parts work, by trying all combinations of them that may be down."""
    share = 0.0
    for states in itertools.product((True, False), repeat=len(parts)):
        down = [part.component for part, up in zip(parts, states, strict=True) if not up]
        if not down or works(effects(needed, down, {})):
            share += prod(
                part.percent / 100 if up else 1 - part.percent / 100 for part, up in zip(parts, states, strict=True)
            )
    return min(share, 1.0)


def _part(a: Architecture, name: str) -> tuple[ComponentPromise | None, bool | None]:
    """The promise for a component, and whether it is in one zone only; no promise if its vendor states none."""
    product = a.product(a.components[name])
    if not product or not product.sla:
        return None, False
    component = a.components[name]
    single = _is_single(a, name) if product.sla.single_zone is not None else False
    edition, size = getattr(component, "edition", None), getattr(component, "size", None)
    percent = product.sla.promised(single=bool(single), edition=edition, size=size)
    return (None, False) if percent is None else (ComponentPromise(name, percent, product.sla), single)


def _is_single(a: Architecture, name: str) -> bool | None:
    """Whether a component is in one zone only; None if the model does not say it."""
    component = a.components[name]
    copies = component.copies(len(a.zones))
    if copies == 1 or len(set(component.zones)) == 1:
        return True
    if a.traits(name).redundancy in ("regional", "global") or len(set(component.zones)) > 1:
        return False
    return None if copies is None or copies_by_default(a, name) else False
