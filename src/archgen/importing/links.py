"""Finds what links join: networks, sites behind gateways of customers, and other links.

The tables of resource types say which attributes of a link name what it joins, and which resources in between lead further.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from archgen.importing.found_network import FoundNetwork
from archgen.importing.found_places import FoundFurtherNetwork, FoundPlaces, FoundSite, Key, add_network, add_site
from archgen.importing.mappings import SELF
from archgen.importing.network import NETWORKS
from archgen.importing.placing import FoundComponent, PlacedResources, mapping_of, suffixed
from archgen.importing.resource import Resource, value_at

_MOST_HOPS = 6  # from a link to what it joins, through gateways and attachments
_FEWEST = 2  # things that a link joins
_PEERING = "peering"


@dataclass(slots=True)
class _Ends:
    """What a link joins by ID, with what states it; `unknown` has the attributes that name what none of the files contains."""

    joined: dict[str, str] = field(default_factory=dict)
    unknown: list[tuple[Resource, str]] = field(default_factory=list)


def join_links(placed: PlacedResources, places: FoundPlaces, networks: list[FoundNetwork]) -> None:
    """State what each link joins, as far as the files say it, and add the places that only links name."""
    _Joining(placed, places, networks).join()


class _Joining:
    def __init__(self, placed: PlacedResources, places: FoundPlaces, networks: list[FoundNetwork]) -> None:
        self.placed, self.places, self.networks = placed, places, networks
        self.links = {c.id: c for c in placed.components if mapping_of(c.resources[0]).joins}
        self.by_resource = {r.key: c.id for c in self.links.values() for r in c.resources}
        self.attached = self._attached()
        self.named: dict[str, str] = {}  # the IDs of networks that only peerings name

    def join(self) -> None:
        """Find the ends of all links and write those of the ones that join at least two things."""
        found = {id_: self._ends(link) for id_, link in self.links.items()}
        for id_, ends in found.items():
            self._add_what_is_named(id_, ends)
        self._point_back(found)
        for id_, other in _same_links(self.links, found):
            self._merge(id_, other, found)
        known = {id_ for id_ in found if len(found[id_].joined) >= _FEWEST}
        while wrong := {id_ for id_ in known if len(self._known(found[id_], known)) < _FEWEST}:
            known -= wrong
        for id_ in sorted(known):
            joined = self._known(found[id_], known)
            self.links[id_].settings["joins"] = (list(joined), next(iter(joined.values())))
        self.places.keep_only({name for id_ in known for name in found[id_].joined})

    def _known(self, ends: _Ends, known: set[str]) -> dict[str, str]:
        """What a link joins, without other links that do not join enough to be in the model."""
        return {name: source for name, source in ends.joined.items() if name not in self.links or name in known}

    def _attached(self) -> dict[Key, list[tuple[Resource, Resource, str]]]:
        """For each resource what is attached to it: the target, and the resource and attribute that name it."""
        found: dict[Key, list[tuple[Resource, Resource, str]]] = defaultdict(list)
        for resource in self.placed.index.resources:
            for rule in mapping_of(resource).attaches:
                for one in self.placed.index.from_(resource, rule.from_):
                    targets = [resource] if rule.to == SELF else self.placed.index.from_(resource, rule.to)
                    found[one.key] += [(target, resource, rule.to) for target in targets]
        return found

    def _ends(self, link: FoundComponent) -> _Ends:
        ends = _Ends()
        for resource in link.resources:
            for attribute in mapping_of(resource).joins:
                if attribute == SELF:
                    for target, by, name in self.attached[resource.key]:
                        self._follow(link, target, f"{by.address}: {name}", ends, 0)
                    continue
                targets = self.placed.index.from_(resource, attribute)
                for target in targets:
                    self._follow(link, target, f"{resource.address}: {attribute}", ends, 0)
                if not targets and _is_stated(resource, attribute):
                    ends.unknown.append((resource, attribute))
        return ends

    def _follow(self, link: FoundComponent, resource: Resource, source: str, ends: _Ends, hops: int) -> None:
        """Add what a resource is or leads to."""
        mapping = mapping_of(resource)
        if resource.type in NETWORKS:
            ends.joined.setdefault(add_network(self.placed, self.places, self.networks, resource), source)
        elif (other := self.by_resource.get(resource.key)) is not None:
            if other != link.id:
                ends.joined.setdefault(other, source)
        elif mapping.is_site:
            if mapping_of(link.resources[0]).far_end == _PEERING:
                return  # a peering joins networks only
            ends.joined.setdefault(add_site(self.places, resource), source)
        elif hops < _MOST_HOPS:
            for attribute in mapping.leads_to:
                for target in self.placed.index.from_(resource, attribute):
                    self._follow(link, target, source, ends, hops + 1)
            for target, _by, _name in self.attached[resource.key]:
                self._follow(link, target, source, ends, hops + 1)

    def _add_what_is_named(self, id_: str, ends: _Ends) -> None:
        """Add the far end if a link certainly has one that none of the files contains: a network of a peering, or a site."""
        link = self.links[id_]
        mapping, address = mapping_of(link.resources[0]), link.resources[0].address
        if mapping.far_end == _PEERING and len(ends.joined) == 1 and ends.unknown:
            resource, attribute = ends.unknown[0]
            name = self._add_named_network(id_, value_at(resource.values, attribute))
            ends.joined[name] = f"{address}: {attribute}"
        elif mapping.far_end == "site" and ends.joined and not self._has_far_end(link, ends):
            name = self.places.free_id(suffixed(id_, "site"), "site")
            self.places.sites[name] = FoundSite(f"{id_}-site")
            ends.joined[name] = address

    def _add_named_network(self, id_: str, value: object) -> str:
        """The ID of a network that only peerings name, which is added for the first of them. A model may know it by its ID in the cloud."""
        text = value if isinstance(value, str) else ""
        name = self.named.get(text) or self.places.id_of_known(text)
        if not name:
            name = self.places.free_id(suffixed(id_, "peer"), "network")
        self.places.networks.setdefault(name, _named_network(id_, text))
        if text:
            self.named[text] = name
        return name

    def _has_far_end(self, link: FoundComponent, ends: _Ends) -> bool:
        """Whether one of the ends is the far one. A link of the same type is, and any other may be the hub on the side of the cloud."""
        others = [self.links[name] for name in ends.joined if name in self.links]
        is_far = any(_is_of_type(other, link) for other in others)
        return (
            is_far or (len(ends.joined) >= _FEWEST and bool(others)) or any(n in self.places.sites for n in ends.joined)
        )

    def _point_back(self, found: dict[str, _Ends]) -> None:
        """Let a hub with one end name the links that lead to it, so that it joins them."""
        for id_, ends in found.items():
            if len(ends.joined) == 1 and mapping_of(self.links[id_].resources[0]).joins == (SELF,):
                ends.joined |= {
                    other: ends_of.joined[id_]
                    for other, ends_of in found.items()
                    if id_ in ends_of.joined and other not in ends.joined
                }

    def _merge(self, id_: str, other: str, found: dict[str, _Ends]) -> None:
        """Let one component stand for a link that is two resources, one for each of its sides."""
        one, two = self.links[id_], self.links.pop(other)
        one.resources += two.resources
        one.parts += two.parts
        one.named = ""
        joined = {**found.pop(other).joined, **found[id_].joined}
        found[id_].joined = {name: source for name, source in joined.items() if name not in (id_, other)}
        for ends in found.values():
            ends.joined = {(id_ if name == other else name): source for name, source in ends.joined.items()}
        for resource in (*two.resources, *two.parts):
            self.placed.owner[resource.key] = one
        self.placed.components.remove(two)


def _same_links(links: dict[str, FoundComponent], found: dict[str, _Ends]) -> Iterator[tuple[str, str]]:
    """The pairs of links that are two sides of one: peerings of the same networks, and gateways that join each other.

    A hub is never a side of another one.
    """
    first: dict[frozenset[str], str] = {}
    for id_ in sorted(found):
        if id_ not in found or (mapping := mapping_of(links[id_].resources[0])).joins == (SELF,):
            continue  # the caller merged it, or it is a hub
        joined = frozenset(found[id_].joined)
        if mapping.far_end == _PEERING:
            if len(joined) == _FEWEST and (same := first.setdefault(joined, id_)) != id_:
                yield same, id_
            continue
        for other in sorted(joined & links.keys()):
            if id_ < other and id_ in found[other].joined and _is_of_type(links[other], links[id_]):
                yield id_, other


def _is_of_type(one: FoundComponent, other: FoundComponent) -> bool:
    return one.resources[0].type == other.resources[0].type


def _is_stated(resource: Resource, attribute: str) -> bool:
    value = value_at(resource.values, attribute)
    return value not in (None, "", []) or attribute in resource.references or attribute in resource.unknown


def _named_network(link: str, text: str) -> FoundFurtherNetwork:
    """A network that a peering names and none of the files contains, with its ID or the name at the end of its link."""
    return FoundFurtherNetwork(f"peer-of-{link}", text.rpartition("/")[2])
