"""A resolved architecture: the validated document at one coordinate, with lookups and facts derived from it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property, lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, TypeVar

from archgen.catalog import Catalog
from archgen.catalog.cloud_facts import CloudFacts
from archgen.catalog.product import Product
from archgen.diagnostics.diagnostic import Path, Span
from archgen.model.component import EDGE, MANAGED, OUTSIDE, PLACEMENTS, Member
from archgen.model.connections import Connection, Connector, by_head, by_tail
from archgen.model.coordinate import Coordinate
from archgen.model.document import Capability, Cloud, Document, Environment, Phase, Tier
from archgen.model.on_demand import behind
from archgen.model.operations import Step
from archgen.model.per_cloud import CloudOrganization, NetworkFacts, OrganizationHome
from archgen.model.recovery import recovered
from archgen.model.regions import HOME, RECOVERY, PlacedRegion, RegionRole, regions_of
from archgen.model.traits import Traits, is_regionless, product_traits
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

if TYPE_CHECKING:
    from archgen.model.component import Component

    C = TypeVar("C", bound=Component)

N = TypeVar("N", bound=NetworkFacts)


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of a tier, in one zone or, if `zone` is None, in the whole region. `cidr` is None if the environment's range has no room."""

    tier: str
    zone: str | None
    cidr: str | None


@lru_cache(maxsize=4096)  # the subnets of an environment are the same in each phase
def nth_subnet(range_: str, prefix_length: int, number: int) -> str | None:
    """The `number`-th network of this size in a range, counted from 0 like Terraform's cidrsubnet(); None if it does not fit."""
    if not range_:
        return None
    network = ipaddress.IPv4Network(range_)
    if prefix_length < network.prefixlen or number >= 2 ** (prefix_length - network.prefixlen):
        return None
    start = int(network.network_address) + number * 2 ** (32 - prefix_length)
    return str(ipaddress.IPv4Network((start, prefix_length)))


@dataclass(frozen=True)
class Architecture:
    """Everything about the architecture at one coordinate.

    `tree` is the YAML that `document` was read from, with the line of every value. `assumed` has the paths that the model
    marks as assumptions. `catalog` has the products that the model may use, `clouds` the facts about its clouds, by ID.
    `bindings` is the folder of the project's Terraform bindings; None if it has none, or if its code must not run. `elsewhere` is the
    name of the region if this is the environment in its recovery region, otherwise empty; `left` is then the region that it left. `shared`
    keeps what depends on components and the catalog only: coordinates share components.
    """

    coordinate: Coordinate
    document: Document
    components: Mapping[str, Component]
    tree: YamlNode
    assumed: tuple[Path, ...]
    catalog: Catalog
    clouds: Mapping[str, CloudFacts]
    bindings: FilePath | None = None
    elsewhere: str = ""
    left: str = ""
    shared: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    # -- cloud, environment and phase ----------------------------------------------------------------

    @property
    def facts(self) -> CloudFacts:
        """What is known about the cloud."""
        return self.clouds[self.coordinate.cloud]

    @property
    def cloud(self) -> Cloud:
        """The model's settings of the cloud."""
        return self.document.clouds[self.coordinate.cloud]

    @property
    def environment(self) -> Environment:
        """The model's settings of the environment."""
        return self.document.environments[self.coordinate.environment]

    @property
    def phase(self) -> Phase | None:
        """The model's settings of the phase; None in a model without phases."""
        return self.document.phases.get(self.coordinate.phase)

    @property
    def home(self) -> str:
        """The id in the model of the account, project or subscription that the environment is in."""
        return self.home_of(self.coordinate.environment)

    @property
    def home_title(self) -> str:
        """The name that people use for the account, project or subscription of the environment."""
        return self.homes.get(self.home, self.home)

    @property
    def organization(self) -> CloudOrganization | None:
        """The organization on this cloud; None if the model does not state it."""
        return self.document.organization.on(self.coordinate.cloud) if self.document.organization else None

    def network_facts(self, type_: type[N]) -> N | None:
        """The settings that the network has on this cloud only, if they have this type; None otherwise, and without a network."""
        facts = self.document.network.on(self.coordinate.cloud) if self.document.network else None
        return facts if isinstance(facts, type_) else None

    @property
    def homes(self) -> Mapping[str, str]:
        """The names of the accounts, projects or subscriptions that the model declares on this cloud, by ID."""
        return {id_: home.name for id_, home in self._homes.items()}

    @cached_property
    def _homes(self) -> Mapping[str, OrganizationHome]:
        return self.organization.all_homes() if self.organization else {}

    def home_name(self, id_: str) -> str:
        """The name of an account, project or subscription with its type, such as `Account Prod`."""
        return f"{self.facts.home_label} {self.homes.get(id_, id_)}"

    def home_of(self, environment: str) -> str:
        """The id in the model of an environment's account, project or subscription on this cloud; empty if it has none."""
        there = self.document.environments[environment].on(self.coordinate.cloud)
        return there.id if there else ""

    @property
    def home_number(self) -> str | None:
        """What the cloud calls the home of the environment, such as the twelve digits of an account; None if that is not stated."""
        return self.number_of(self.home)

    def number_of(self, home: str) -> str | None:
        """What the cloud calls an account, project or subscription of the model; None if that is not stated."""
        return self._homes[home].number if home in self._homes else None

    @property
    def home_details(self) -> Mapping[str, str]:
        """More about where the environment is, by the cloud's word for it, such as the name of its resource group."""
        there = self.environment.on(self.coordinate.cloud)
        return there.details if there else {}

    @property
    def cidr(self) -> str:
        """The address range of the environment on this cloud; empty if it has none."""
        home = self.environment.on(self.coordinate.cloud)
        return (home and home.cidr) or ""

    @property
    def zones(self) -> tuple[str, ...]:
        """The names of the availability zones, in the order of the model."""
        return self.cloud.availability_zones

    @cached_property
    def regions(self) -> Mapping[str, PlacedRegion]:
        """The regions of the cloud by ID, `home` first."""
        c = self.cloud
        return {r.id: r for r in regions_of(c.region, c.availability_zones, c.recovery_region, c.regions)}

    def in_recovery_region(self) -> Architecture | None:
        """The same environment in its recovery region, with the name, the zones and the address range there.

        It is None if the model states no such region, and if there is a network without a range for it. It is always the same object.
        """
        return self._in_recovery_region

    @cached_property
    def _in_recovery_region(self) -> Architecture | None:
        name = self.recovery_region or ""
        document = recovered(self.document, self.coordinate, self.regions.values(), name)
        return replace(self, document=document, elsewhere=name, left=self.cloud.region) if document else None

    @property
    def home_region(self) -> str:
        """The name of the region that the environment is usually in, also if this is the environment in its recovery region."""
        return self.left or self.cloud.region

    @property
    def recovery_region(self) -> str | None:
        """The name of the region to recover in: the stated one, else the first further region; None if there is none."""
        others = [region for id_, region in self.regions.items() if id_ != HOME]
        best_first = sorted(others, key=lambda region: (region.id != RECOVERY, region.role == "active"))
        return next((region.name for region in best_first), None)

    # -- network -------------------------------------------------------------------------------------

    @property
    def tiers(self) -> Mapping[str, Tier]:
        """The network's tiers by id; empty in a model without a network."""
        return self.document.network.tiers if self.document.network else {}

    def role_of(self, tier: str) -> str:
        """What the subnets of a tier are: the role that the model states, or the one that follows from its access to the internet."""
        stated = self.tiers[tier]
        return stated.role or self.facts.tier_roles[stated.internet]

    @cached_property
    def subnets(self) -> tuple[Subnet, ...]:
        """All subnets, tier by tier: one for each zone, or one for the region if the cloud has regional subnets."""
        zonal = self.facts.subnet_scope == "zone"
        places: tuple[str | None, ...] = self.zones if zonal else (None,)
        return tuple(
            Subnet(name, zone, nth_subnet(self.cidr, tier.prefix_length, tier.netnum + position))
            for name, tier in self.tiers.items()
            for position, zone in enumerate(places)
        )

    def subnets_of(self, tier: str) -> tuple[str, ...]:
        """The address ranges of one tier's subnets, in the order of the zones."""
        return tuple(subnet.cidr for subnet in self.subnets if subnet.tier == tier and subnet.cidr)

    @cached_property
    def secondary_ranges(self) -> Mapping[str, str | None]:
        """Alias ranges by name; the value is None if a range does not fit. Empty on a cloud without them."""
        facts = self.network_facts(NetworkFacts)
        ranges = facts.alias_ranges() if facts else {}
        return {name: nth_subnet(self.cidr, r.prefix_length, r.netnum) for name, r in ranges.items()}

    def segment_of(self, tier: str) -> str | None:
        """The id of the segment that contains a tier; None if no segment does."""
        segments = self.document.network.segments if self.document.network else {}
        return next((name for name, segment in segments.items() if tier in segment.tiers), None)

    @cached_property
    def derived(self) -> dict[Callable[..., Any], Any]:
        """What functions marked with `once` returned for this architecture."""
        return {}

    # -- components ----------------------------------------------------------------------------------

    def of_kind(self, kind: type[C]) -> Iterator[tuple[str, C]]:
        """Pairs of id and component for all components of a kind, in the order of the file."""
        return iter(self._by_class.get(behind(kind), ()))

    @cached_property
    def _by_class(self) -> Mapping[type[Any], list[tuple[str, Any]]]:
        """Components by each class that they are instances of, because isinstance() of pydantic's classes takes long."""
        by_class: dict[type[Any], list[tuple[str, Any]]] = {}
        for class_, pair in ((c, each) for each in self.components.items() for c in type(each[1]).__mro__):
            by_class.setdefault(class_, []).append(pair)
        return by_class

    def guests(self, host: str) -> Iterator[tuple[str, Component]]:
        """Pairs of id and component for the components that run on another one, in the order of the file."""
        return iter(self._guests.get(host, ()))

    @cached_property
    def _guests(self) -> Mapping[str, list[tuple[str, Component]]]:
        """Guests by the id of their host, cached because each cluster looks up its own."""
        by_host: dict[str, list[tuple[str, Component]]] = {}
        for name, component in self.components.items():
            if component.runs_on:
                by_host.setdefault(component.runs_on, []).append((name, component))
        return by_host

    def place(self, component: Component) -> str:
        """The placement of a component: `outside`, `edge`, `managed`, the id of a tier, or a place in a further network.

        A site counts as `outside`, and an unknown place as `managed`. So does a product of the cloud whose kind is usually outside.
        """
        place = component.place
        if place == OUTSIDE and not component.placement and self.is_own_product(component):
            return MANAGED
        if place in PLACEMENTS or place in self.tiers or self.network_of(component):
            return place
        return OUTSIDE if place in self.document.sites else MANAGED

    def is_own_product(self, component: Component) -> bool:
        """Whether a component uses a product of this cloud that is in one of its accounts, projects or subscriptions."""
        return bool((product := self.product(component)) and product.in_homes_of(self.coordinate.cloud))

    def is_global(self, component: Component) -> bool:
        """Whether a component is a service of the cloud that is known to be in none of its regions."""
        stated = component.regions or component.zones or component.runs_on or self.place(component) != MANAGED
        return not stated and is_regionless(self.product(component), component.traits)

    def site_of(self, component: Component) -> str | None:
        """The id of the site that a component is at; None if it is not at one."""
        return component.place if component.place in self.document.sites else None

    def is_on_premises(self, component: Component) -> bool:
        """Whether a component is at one of our sites: a data center or an office."""
        site = self.document.sites.get(self.site_of(component) or "")
        return site is not None and site.form in ("data-center", "office")

    def network_of(self, component: Component) -> str | None:
        """The id of the further network that a component is in; None if it is not in one."""
        id_ = component.place.partition("/")[0]
        return id_ if id_ in self.document.networks and component.place not in self.tiers else None

    def place_name(self, id_: str) -> str:
        """The name of a network or a site by its ID; that of an environment's network contains the name of the environment."""
        document = self.document
        if place := document.networks.get(id_) or document.sites.get(id_):
            return place.name
        environment = document.environments.get(id_)
        return f"the network of {environment.name}" if environment else id_

    def regions_of(self, component: Component) -> Mapping[str, RegionRole]:
        """The regions that a component is in, each with its role there; empty for what is in no region.

        What does not state its regions is in those of what it runs on, else in that of its network, else in `home`. Of several
        regions that it does not state itself, it is in those of the zones that it states.
        """
        if self.place(component) in (OUTSIDE, EDGE) or self.is_global(component):
            return {}
        there, seen = component, {""}
        while not there.regions and (host := there.runs_on or "") in self.components and host not in seen:
            there = self.components[host]
            seen.add(host)
        if there.regions:
            known = {id_: use for id_, use in there.regions.items() if id_ in self.regions}
            uses = {id_: use.role or self.regions[id_].role for id_, use in known.items()}
            zonal = {id_: role for id_, role in uses.items() if {*self.regions[id_].zones} & {*component.zones}}
            return uses if component.regions else zonal or uses
        network = self.document.networks.get(self.network_of(there) or "")
        region = (network.region if network and network.region in self.regions else None) or HOME
        return {region: self.regions[region].role}

    def regions_of_network(self, place: str) -> tuple[str, ...]:
        """The regions of a network, by its ID or that of an environment: one, or all where networks span regions; none for a site."""
        if network := self.document.networks.get(place):
            return (network.region if network.region and network.region in self.regions else HOME,)
        if place not in self.document.environments:
            return ()
        return (HOME,) if self.facts.network_scope == "region" else tuple(self.regions)

    def internet_of(self, component: Component) -> str | None:
        """How the tier that a component is in is connected to the internet: `both`, `outbound` or `none`; None if it is in no tier."""
        if own := self.tiers.get(component.place):
            return own.internet
        network = self.document.networks.get(self.network_of(component) or "")
        tier = network.tiers.get(component.place.partition("/")[2]) if network else None
        return tier.internet if tier else None

    def other_home(self, component: Component) -> str | None:
        """The account, project or subscription that a component states, or that its network is in if that is not the environment's."""
        if component.home:
            return component.home
        network = self.document.networks.get(self.network_of(component) or "")
        return network.home if network and network.home != self.home else None

    def traits(self, name: str) -> Traits:
        """What is known about a component: what it states itself, then what its product does, then what its kind and its settings say."""
        component = self.components[name]
        if (known := self.shared.get(id(component))) is None:
            product = self.product(component)
            offered = product_traits(product, component) if product else Traits()
            known = component, component.traits.over(offered.over(component.usual))
            self.shared[id(component)] = known  # with the component, so that its id() is not reused
        traits: Traits = known[1]
        return traits

    def members(self, name: str) -> tuple[Member, ...]:
        """The instances of a component in the zones of its tier.

        The model states the zones with `zones`. Otherwise its kind says where they are, or each copy is drawn in the next zone. What is
        in more than one zone by itself, such as a file system, has a part in each zone that the model states. What is not in the region
        `home` has none, because the zones of the tiers are there.
        """
        component, zones = self.components[name], len(self.zones)
        if HOME not in (self.regions_of(component) or (HOME,)):
            return ()
        members = tuple(component.members(zones, self.coordinate.cloud))
        stated = [self.zones.index(zone) for zone in component.zones if zone in self.zones]
        if members or component.runs_on or self.place(component) not in self.tiers:
            known = sorted({member.zone for member in members})
            moved = dict(zip(known, stated, strict=False))
            return tuple(replace(member, zone=moved.get(member.zone, member.zone)) for member in members)
        places = stated or range(zones)
        traits = self.traits(name)  # copies without state are equal, and connections lead to all of them
        zonal = traits.redundancy in (None, "zonal") and traits.copies is not None
        copies = component.copies(zones) if zonal else len(stated)
        return tuple(
            Member(
                f"copy-{number + 1}" if number else "primary",
                places[number],
                primary=not number or not traits.stateful,
            )
            for number in range(min(copies or 0, len(places)))
        )

    def product(self, component: Component) -> Product | None:
        """The product that a component uses on this cloud; None if it has none."""
        return self.catalog.products.get(component.product or "")  # unknown while references are checked

    def products_of(self, component: Component) -> tuple[str, ...]:
        """The ids of all products that a component uses, its main product first."""
        return ((component.product,) if component.product else ()) + component.supporting_products

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """All connections in the order of the file, including lines that are only drawn."""
        segments = self.document.network.segments if self.document.network else {}
        calls = {name: segment.calls for name, segment in segments.items()}
        return tuple(Connector(self.components, self.traits, self.shared).connect(calls))

    @cached_property
    def traffic(self) -> tuple[Connection, ...]:
        """The connections that exist: without those of segments and lines that are only drawn."""
        return tuple(connection for connection in self.connections if not connection.only_drawn)

    @cached_property
    def traffic_ids(self) -> frozenset[str]:
        """The ids of the connections that exist."""
        return frozenset(connection.id for connection in self.traffic)

    def traffic_from(self, name: str) -> tuple[Connection, ...]:
        """The connections that a component opens, in the order of the file."""
        return self._by_tail.get(name, ())

    @cached_property
    def _by_tail(self) -> Mapping[str, tuple[Connection, ...]]:
        return by_tail(self.traffic)

    def traffic_to(self, name: str) -> tuple[Connection, ...]:
        """The connections that are opened to a component, in the order of the file."""
        return self._by_head.get(name, ())

    @cached_property
    def _by_head(self) -> Mapping[str, tuple[Connection, ...]]:
        return by_head(self.traffic)

    def along(self, step: Step) -> tuple[Connection, ...]:
        """The connections that a step of a flow can take, in its direction; none if it is an answer against a connection."""
        calls = (connection for connection in self.traffic_from(step.from_) if connection.head == step.to)
        return tuple(connection for connection in calls if step.over in (None, connection.key))

    def called_by(self, name: str) -> tuple[str, ...]:
        """The ids of the components to which a component opens connections, each once."""
        return tuple(dict.fromkeys(connection.head for connection in self.traffic_from(name)))

    @cached_property
    def answers(self) -> dict[Any, Any]:
        """The answers of functions of other modules; see archgen.model.remembered."""
        return {}

    def providers(self, capability: str) -> Iterator[tuple[str, Component]]:
        """Pairs of id and component for the components that provide a capability."""
        return iter(self._providers.get(capability, ()))

    @cached_property
    def _providers(self) -> Mapping[str, list[tuple[str, Component]]]:
        """Providers by capability, cached because every row of the parity table looks one up."""
        by_capability: dict[str, list[tuple[str, Component]]] = {}
        for name, component in self.components.items():
            for capability in component.provides:
                by_capability.setdefault(capability, []).append((name, component))
        return by_capability

    def capabilities(self, component: Component) -> Mapping[str, Capability]:
        """The capabilities that a component provides, by id."""
        return {name: self.document.capabilities[name] for name in component.provides}

    # -- names and places ----------------------------------------------------------------------------

    def identifier(self, component: str) -> str:
        """The name of a component's cloud resources at this coordinate. All such names are built here."""
        stated = self.components[component]
        name = stated.identifier or self._format_name(stated.name or component)
        return f"{name}-{self.elsewhere}" if self.elsewhere and stated.named_globally else name

    def identifier_in_organization(self, component: str) -> str:
        """The name of a component's cloud resources where they exist once for the organization: that of the last environment."""
        stated = self.components[component]
        return stated.identifier or self._format_name(stated.name or component, list(self.document.environments)[-1])

    @property
    def network_identifier(self) -> str:
        """The name of the network's cloud resources."""
        network = self.document.network
        return (network and network.identifier) or self._format_name(network.name if network else "network")

    def _format_name(self, name: str, environment: str = "") -> str:
        return self.document.naming.format(
            project=self.document.project, environment=environment or self.coordinate.environment, component=name
        )

    def span(self, path: Path) -> Span:
        """The place of the value at `path` in the file, or of the nearest value around it."""
        node, _taken = self.tree.nearest(path)
        return node.span

    def stated_at(self, *path: str | int) -> Span:
        """The place where a value is stated: its key, or the value itself if it has no key."""
        node, _taken = self.tree.nearest(path)
        return node.key_span or node.span
