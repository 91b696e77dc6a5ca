"""Ways between networks and sites over links.

A way goes from one place to another over links. A link leads from each place that it joins to each other one, unless it keeps them
apart. A network or a site in the middle leads on only if something forwards traffic there, or if one of the two links says that it
leads on, since peerings are not transitive. A way may pass a link twice, as traffic does that a firewall in a separate network
inspects, but it never passes anything twice in the same direction.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from archgen.model.architecture import Architecture
from archgen.model.links import Link, links
from archgen.model.places import ENVIRONMENT
from archgen.records import dataclass

_FEW = 4  # ways that are worth showing

Way = tuple[str, ...]
"""The IDs of places and links that traffic passes, from the first place to the last one."""


@dataclass(frozen=True)
class Links:
    """What joins what: by the ID of a place or a link, the IDs of everything that it is joined with, in the order of the model.

    `via` and `routed_by` have the components that traffic passes at a link, or in a place.
    """

    near: Mapping[str, tuple[str, ...]]
    links: Mapping[str, Link]
    routed_by: Mapping[str, str]
    through: frozenset[str] = frozenset()
    """The links of which a way must pass one; empty if it can take any."""

    def is_open(self, tails: Collection[str], heads: Collection[str], down: Collection[str] = ()) -> bool:
        """Whether a way leads from one of the places to another without anything that is down."""
        return next(self._search(tails, heads, down, 1), None) is not None

    def ways(self, tails: Collection[str], heads: Collection[str], down: Collection[str] = ()) -> list[Way]:
        """The shortest ways from some places to others, shortest first; not more than four.

        A way that passes everything that a shorter one passes is left out, since it works only as long as the shorter one.
        """
        found: list[Way] = []
        for way in self._search(tails, heads, down, _FEW):
            if not any(set(self.passed(way)) >= set(self.passed(shorter)) for shorter in found):
                found.append(way)
            if len(found) == _FEW:
                break
        return found

    def essential(self, tails: Collection[str], heads: Collection[str]) -> list[str]:
        """The components that every way passes, in the order in which the shortest way does; none if there is no way."""
        shortest = next(self._search(tails, heads, (), 1), ())
        return [name for name in self.passed(shortest) if not self.is_open(tails, heads, {name})]

    def passed(self, way: Way) -> list[str]:
        """The components that a way passes: links, and what forwards or inspects its traffic."""
        passed: dict[str, None] = {}
        for at, step in enumerate(way):
            if step in self.links:
                passed[step] = None
                if via := self.links[step].via:
                    passed[via] = None
            elif 0 < at < len(way) - 1 and step in self.routed_by:
                passed[self.routed_by[step]] = None
        return list(passed)

    @property
    def components(self) -> set[str]:
        """Everything without which a way can end: links, and what forwards or inspects their traffic."""
        return {*self.links, *self.routed_by.values(), *(link.via for link in self.links.values() if link.via)}

    def _search(
        self, tails: Collection[str], heads: Collection[str], down: Collection[str], times: int
    ) -> Iterator[Way]:
        """Ways, shortest first. Each step from one thing to the next is followed at most so many times, which keeps this fast."""
        followed: dict[tuple[str, str, bool], int] = {}
        waiting: deque[tuple[Way, bool]] = deque(
            ((tail,), not self.through) for tail in tails if tail in self.near and tail not in down
        )
        while waiting:
            way, passed = waiting.popleft()
            if len(way) > 1 and passed and way[-1] in heads:
                yield way
                continue
            for next_ in self.near[way[-1]]:
                through = passed or next_ in self.through
                step = way[-1], next_, through
                if next_ in down or followed.get(step, 0) >= times or not self._leads(way, next_, down):
                    continue
                if (way[-1], next_) not in itertools.pairwise(way):
                    followed[step] = followed.get(step, 0) + 1
                    waiting.append(((*way, next_), through))

    def _leads(self, way: Way, next_: str, down: Collection[str]) -> bool:
        """Whether traffic that took a way so far can go on to what is next."""
        here, before = way[-1], way[-2] if len(way) > 1 else None
        if link := self.links.get(here):
            parted = before in link.apart and next_ in link.apart
            return next_ != before and not parted and link.via not in down
        if before is None:
            return True
        if router := self.routed_by.get(here):
            return router not in down
        one, other = self.links[before], self.links[next_]
        on = one.leads_on or other.leads_on
        return next_ != before and on and not (one.peering and other.peering)


def _in_environment(link: Link, environment: str) -> Link:
    """The link with the ID of an environment in place of `environment`."""

    def named(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(environment if id_ == ENVIRONMENT else id_ for id_ in ids)

    return replace(link, joins=named(link.joins), apart=named(link.apart))


def links_of(a: Architecture) -> Links:
    """The links of an architecture. Those that join what does not exist here lead nowhere."""
    own = a.coordinate.environment
    found = {name: _in_environment(link, own) for name, link in links(a.components).items()}
    near: dict[str, list[str]] = {}
    for name, link in found.items():
        for joined in link.joins:
            near.setdefault(name, []).append(joined)
            near.setdefault(joined, []).append(name)
    routed = {id_: network.routed_by for id_, network in a.document.networks.items() if network.routed_by}
    if a.document.network and a.document.network.routed_by:
        routed[own] = a.document.network.routed_by
    return Links({id_: tuple(dict.fromkeys(ends)) for id_, ends in near.items()}, found, routed)
