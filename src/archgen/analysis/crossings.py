"""Connections between different networks or sites, and the ways over links that they need."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from archgen.analysis.regions import network_in_region
from archgen.analysis.ways import Links, Way, links_of
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE, Component
from archgen.model.connections import Connection
from archgen.model.places import INTERNET
from archgen.model.regions import HOME
from archgen.records import dataclass

Ends = tuple[tuple[str, ...], tuple[str, ...]]
"""The IDs of the places in which a caller has an address, and of those in which what it calls has one."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A connection between different networks or sites, with the places of its ends: a pair for each region in which the caller is active.

    `local` says that the caller reaches the other end in another region without a way. `perhaps_over_internet` says that it may get there
    over the internet instead: the model does not say which of the two it uses. `unplaced` is what is missing if one of the ends is active
    in a region in which the model does not say its network. `links` has the links that it can take, and `exit` what forwards its traffic in
    the network through which it reaches the internet.
    """

    connection: Connection
    ends: tuple[Ends, ...]
    links: Links
    local: bool = False
    perhaps_over_internet: bool = False
    unplaced: Lack | None = None
    exit: str | None = None

    @property
    def tails(self) -> tuple[str, ...]:
        """The IDs of the places of the caller from which it needs a way."""
        return tuple(dict.fromkeys(place for tails, _heads in self.ends for place in tails))

    @property
    def heads(self) -> tuple[str, ...]:
        """The IDs of the places to which it needs a way."""
        return tuple(dict.fromkeys(place for _tails, heads in self.ends for place in heads))

    def is_open(self, down: Collection[str] = ()) -> bool:
        """Whether the other end can be reached from anywhere without what is down: components, networks and sites by ID."""
        return self.local or any(self._opens(ends, down) for ends in self.ends)

    def is_whole(self, down: Collection[str] = ()) -> bool:
        """Whether the other end can be reached from each region in which the caller is active."""
        return all(self._opens(ends, down) for ends in self.ends)

    def _opens(self, ends: Ends, down: Collection[str]) -> bool:
        return self.exit not in down and self.links.is_open(*ends, down)

    def passed(self, way: Way) -> list[str]:
        """The components that one of its ways passes."""
        return list(dict.fromkeys([*self.links.passed(way), *([self.exit] if self.exit else [])]))

    @property
    def ways(self) -> list[Way]:
        """The shortest ways, at most four for each region of the caller; empty if there is none."""
        return self.ways_without(())

    def ways_without(self, down: Collection[str]) -> list[Way]:
        """The shortest ways that are left without what is down."""
        if self.exit in down:
            return []
        return list(dict.fromkeys(way for ends in self.ends for way in self.links.ways(*ends, down)))

    @property
    def essential(self) -> list[str]:
        """The components that every way passes; empty if it may go over the internet instead, or from another region."""
        if self.perhaps_over_internet or self.unplaced or self.local or len(self.ends) > 1:
            return []
        passed = self.links.essential(*self.ends[0])
        return list(dict.fromkeys([*passed, *([self.exit] if self.exit and self.ways else [])]))

    @property
    def lack(self) -> Lack | None:
        """What the model does not say about how it gets there; None if it says enough."""
        if not self.perhaps_over_internet:
            return self.unplaced
        c = self.connection
        what = f"whether '{c.tail}' reaches '{c.head}' over the internet or over links"
        return Lack(c.path, what, f"state `through: [{INTERNET}]` in the call, or the links")


def crossings(a: Architecture) -> dict[str, Crossing]:
    """The connections that need a way over links, by ID, in the order of the model; not those that can only go over the internet."""
    joined = links_of(a)
    if not (joined.links or a.document.sites or a.document.networks):
        return {}
    found = ((connection.id, _crossing(a, joined, connection)) for connection in a.traffic)
    return {id_: crossing for id_, crossing in found if crossing}


def _crossing(a: Architecture, joined: Links, connection: Connection) -> Crossing | None:
    if connection.by_api:
        return None
    through = frozenset(connection.call.through)
    if exit_ := _exit(a, joined, connection):
        return exit_
    if INTERNET in through:
        return None
    every = _ends(a, joined, connection)
    ends = tuple(pair for pair in every if not set(pair[0]) & set(pair[1]))
    if not ends:
        return None
    unplaced = _unplaced(a, connection.tail) or _unplaced(a, connection.head)
    crossing = Crossing(connection, ends, replace(joined, through=through), len(ends) < len(every), unplaced=unplaced)
    if through or not _is_public(a, joined, connection.head):
        return crossing
    return replace(crossing, perhaps_over_internet=True) if crossing.is_open() else _to_hub(a, joined, connection)


def _ends(a: Architecture, joined: Links, connection: Connection) -> list[Ends]:
    """The places of both ends for each region in which the caller is active: it reaches what is active there, else elsewhere."""
    tails, heads = places_of(a, connection.tail), _called_at(a, connection.head)
    if not tails:  # the links that it states lead from where it is
        tails = tuple(
            place for name in connection.call.through for place in joined.near.get(name, ()) if place not in heads
        )
    active, others = _active(a, connection.tail), _active(a, connection.head)
    found: list[Ends] = []
    for region in active or [""]:
        here = _in_region(a, tails, region) if len(active) > 1 else tails
        near = [region] if region in others else others
        there = tuple(place for place in heads if not others or _is_in(a, place, near))
        if here and there:
            found.append((here, there))
    return found


def _active(a: Architecture, name: str) -> list[str]:
    """The regions in which a component works all the time; none for what is in no region."""
    return [id_ for id_, role in a.regions_of(a.components[name]).items() if role == "active"]


def _in_region(a: Architecture, places: tuple[str, ...], region: str) -> tuple[str, ...]:
    return tuple(place for place in places if _is_in(a, place, [region]))


def _is_in(a: Architecture, place: str, regions: Collection[str]) -> bool:
    """Whether a place is in one of some regions; a site is in none, and counts as near to all of them."""
    there = a.regions_of_network(place)
    return not there or bool(set(there) & set(regions))


def _called_at(a: Architecture, name: str) -> tuple[str, ...]:
    """The places in which a component is called. What the cloud runs outside of networks is called at its public address."""
    component = a.components[name]
    if component.endpoint_in and a.place(component) in (MANAGED, EDGE) and not component.tier_of_members():
        return ()
    return places_of(a, name)


def _exit(a: Architecture, joined: Links, connection: Connection) -> Crossing | None:
    """The way to the internet of a connection that leads there, or that states so; None if it is direct, or leads elsewhere."""
    head, through = a.components[connection.head], set(connection.call.through)
    outside = a.place(head) == OUTSIDE and (a.site_of(head) is None or _is_public(a, joined, connection.head))
    return _to_hub(a, joined, connection) if through == {INTERNET} or (outside and not through) else None


def _to_hub(a: Architecture, joined: Links, connection: Connection) -> Crossing | None:
    """The way of a connection to the network through which its caller reaches the internet; None if it reaches that directly."""
    tails = places_of(a, connection.tail)
    if len(tails) != 1 or a.internet_of(a.components[connection.tail]) == "both":
        return None
    network = a.document.network if tails[0] == a.coordinate.environment else a.document.networks.get(tails[0])
    hub = network.internet_through if network else None
    if hub is None or hub in tails:
        return None
    return Crossing(connection, ((tails, (hub,)),), joined, exit=joined.routed_by.get(hub))


def _is_public(a: Architecture, joined: Links, name: str) -> bool:
    """Whether a component can be reached over the internet: it says so, its tier does, or it is at a site of others without a link."""
    component = a.components[name]
    if site := a.site_of(component):
        return not a.is_on_premises(component) and site not in joined.near
    return bool(a.traits(name).entrance) or a.internet_of(component) == "both"


def places_of(a: Architecture, name: str) -> tuple[str, ...]:
    """The IDs of the networks and sites in which a component has an address; empty if it is in none, or if the model does not say so.

    The network of the environment has the ID of the environment.
    """
    component = a.components[name]
    named = [*_own_places(a, component), *component.endpoint_in]
    if tier := component.tier_of_members():
        named.append(tier)
    found = dict.fromkeys(place for place in (_network_or_site(a, id_) for id_ in named) if place)
    if not found and component.runs_on:
        return places_of(a, component.runs_on)
    return tuple(found)


def _own_places(a: Architecture, component: Component) -> Iterator[str]:
    """The placement of a component; in a region other than `home`, the same tier of a further network there."""
    if component.place not in a.tiers:
        yield component.place
        return
    for region in a.regions_of(component):
        place = component.place if region == HOME else network_in_region(a, region, component.place)
        if place:
            yield place


def _unplaced(a: Architecture, name: str) -> Lack | None:
    """What is missing if a component is active in several regions, but has an address only in networks of some of them."""
    active = [id_ for id_, role in a.regions_of(a.components[name]).items() if role == "active"]
    if len(active) < 2:
        return None
    placed = {id_ for place in places_of(a, name) for id_ in a.regions_of_network(place)}
    for id_ in active:
        if id_ not in placed:
            what = f"in which network of {a.regions[id_].name} '{name}' is"
            return Lack(("components", name), what, "state `endpoint_in` with its tiers in other regions")
    return None


def _network_or_site(a: Architecture, place: str) -> str | None:
    if place in a.tiers:
        return a.coordinate.environment
    id_ = place.partition("/")[0]
    return id_ if id_ in a.document.networks or id_ in a.document.sites else None


def closed(found: dict[str, Crossing], down: Collection[str]) -> Iterator[str]:
    """The IDs of the connections that have no way left without what is down."""
    for id_, crossing in found.items():
        if not crossing.is_open(down):
            yield id_


def passing(a: Architecture, component: str) -> list[Crossing]:
    """The connections of which a way passes a component: a link, or what forwards or inspects traffic."""
    return [
        crossing
        for crossing in crossings(a).values()
        if any(component in crossing.passed(way) for way in crossing.ways)
    ]
