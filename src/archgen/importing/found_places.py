"""Finds the networks besides that of the environment, and the sites behind gateways of customers, as a model can state them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archgen.importing.found_network import FoundNetwork, is_stated_range, range_of, tier_label
from archgen.importing.known import NONE_KNOWN, KnownComponents
from archgen.importing.network import NETWORKS, SUBNETS, network_of_environment, subnets_of
from archgen.importing.placing import PlacedResources, label_of, slug, suffixed
from archgen.importing.resource import Resource, as_mapping
from archgen.model.component import EDGE, MANAGED, OUTSIDE
from archgen.model.places import ENVIRONMENT

_RESERVED = frozenset({MANAGED, EDGE, OUTSIDE, ENVIRONMENT})
Key = tuple[str, str]


@dataclass(slots=True)
class FoundFurtherNetwork:
    """A network that is not that of the environment. `tiers` has how each tier reaches the internet, None if the files do not say it.

    `resource` is None for a network that the files only name.
    """

    name: str
    identifier: str = ""
    cidr: str = ""
    tiers: dict[str, str | None] = field(default_factory=dict)
    resource: Resource | None = None


@dataclass(slots=True)
class FoundSite:
    """A place outside of the cloud that a link leads to. The files never say what it is."""

    name: str


@dataclass(slots=True)
class FoundPlaces:
    """Networks and sites by ID. `ids` has the ID of each resource that is one, and `tiers` the placement that a subnet stands for.

    `taken` has the IDs that no other place can have, and `known` those of networks that a model has, by their name in the cloud.
    """

    networks: dict[str, FoundFurtherNetwork] = field(default_factory=dict)
    sites: dict[str, FoundSite] = field(default_factory=dict)
    ids: dict[Key, str] = field(default_factory=dict)
    tiers: dict[Key, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    known: Mapping[str, str] = field(default_factory=dict)

    def keep_only(self, ids: Collection[str]) -> None:
        """Leave out the sites and the networks without a resource that no link joins."""
        self.sites = {id_: site for id_, site in self.sites.items() if id_ in ids}
        self.networks = {id_: network for id_, network in self.networks.items() if network.resource or id_ in ids}

    def id_of_known(self, name: object) -> str:
        """The ID of the network of a model with a name in the cloud; empty if there is none, or another network has it already."""
        id_ = self.known.get(name, "") if isinstance(name, str) else ""
        return id_ if id_ not in self.networks else ""

    def free_id(self, wanted: str, suffix: str) -> str:
        """An ID that nothing has which a link or `placement` can name."""
        free, number = (suffixed(wanted, suffix) if wanted in self.taken else slug(wanted)), 2
        while free in self.taken:
            free, number = suffixed(wanted, f"{suffix}-{number}"), number + 1
        self.taken.add(free)
        return free


def find_places(
    placed: PlacedResources, networks: list[FoundNetwork], environment: str, known: KnownComponents = NONE_KNOWN
) -> FoundPlaces:
    """The further networks that have subnets. What links join besides is added when these are read.

    A network that a model knows already by its name in the cloud has its ID there.
    """
    own = network_of_environment(networks)
    places = FoundPlaces(known=known.networks)
    places.taken |= {environment, *_RESERVED, *known.ids, *(component.id for component in placed.components)}
    if own:
        places.ids[own.resource.key] = ENVIRONMENT
        places.taken |= {tier.id for tier in own.tiers}
    for resource in placed.by_role["network"]:
        if resource.type in NETWORKS and resource.key not in places.ids and any(_subnets(placed, resource)):
            add_network(placed, places, networks, resource)
    return places


def add_network(
    placed: PlacedResources, places: FoundPlaces, networks: Iterable[FoundNetwork], resource: Resource
) -> str:
    """The ID of a further network that a resource is, which is added if it is new."""
    if resource.key in places.ids:
        return places.ids[resource.key]
    name = as_mapping(resource.values.get("tags")).get("Name") or resource.values.get("name")
    label = label_of(resource, "network")
    if label in places.taken and isinstance(name, str):  # another instance of the same module
        label = slug(name)
    id_ = places.id_of_known(name) or places.free_id(label, "network")
    found = next((network for network in networks if network.resource.key == resource.key), None)
    known = {s.key: tier for tier in found.tiers for s in tier.subnets.values()} if found else {}
    tiers: dict[str, str | None] = {}
    for subnet in _subnets(placed, resource):
        tier = known.get(subnet.key)
        label = tier.id if tier else tier_label(subnet)
        tiers[label] = tier.internet if tier else None
        places.tiers[subnet.key] = f"{id_}/{label}"
    cidr = str(range_of(resource) or "")
    stated = cidr if is_stated_range(cidr) else ""
    places.networks[id_] = FoundFurtherNetwork(id_, str(name or ""), stated, dict(sorted(tiers.items())), resource)
    places.ids[resource.key] = id_
    return id_


def add_site(places: FoundPlaces, resource: Resource) -> str:
    """The ID of the site behind a gateway of a customer, which is added if it is new."""
    if resource.key not in places.ids:
        label = label_of(resource, "site")
        id_ = places.free_id(label, "site")
        places.sites[id_] = FoundSite(label)
        places.ids[resource.key] = id_
    return places.ids[resource.key]


def left_out_of(placed: PlacedResources, networks: list[FoundNetwork], places: FoundPlaces) -> list[Resource]:
    """The networks and subnets that a model does not get: empty ones that no link joins, and subnets with a range that it cannot state."""
    used = network_of_environment(networks)
    kept = {used.resource.key, *(s.key for tier in used.tiers for s in tier.subnets.values())} if used else set()
    kept |= {*places.ids, *places.tiers}
    return [r for r in placed.by_role["network"] if r.type in (*NETWORKS, *SUBNETS) and r.key not in kept]


def find_components_elsewhere(placed: PlacedResources, left_out: Iterable[Resource]) -> dict[str, list[str]]:
    """The components whose subnets the model does not get, by ID, with the addresses of these subnets."""
    keys = {resource.key for resource in left_out}
    found = {component.id: subnets_of(placed, component) for component in placed.components}
    return {
        id_: sorted(subnet.address for subnet in subnets)
        for id_, subnets in found.items()
        if subnets and all(subnet.key in keys for subnet in subnets)
    }


def place_in_further_network(places: FoundPlaces, subnets: Iterable[Key]) -> str:
    """The further network that subnets are in, with the tier if all are in the same; empty if they are in none or in several."""
    tiers = {places.tiers.get(key, "") for key in subnets}
    networks = {tier.partition("/")[0] for tier in tiers}
    if len(networks) != 1:
        return ""
    return tiers.pop() if len(tiers) == 1 else networks.pop()


def _subnets(placed: PlacedResources, network: Resource) -> Iterator[Resource]:
    return (r for r in placed.index.all_to(network) if r.type in SUBNETS)
