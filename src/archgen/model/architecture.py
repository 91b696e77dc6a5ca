"""A resolved architecture: the validated document at one coordinate, every reference joined, every derived fact at hand."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from archgen.catalog import Catalog, CloudFacts, Product, clouds
from archgen.diagnostics.diagnostic import Path, Span
from archgen.model.calls import Call
from archgen.model.coordinate import Coordinate
from archgen.model.document import Capability, Cloud, Document, Environment, Phase, Tier
from archgen.reading.yaml_tree import YamlNode

if TYPE_CHECKING:
    from archgen.model.component import Component

    C = TypeVar("C", bound=Component)


@dataclass(frozen=True, slots=True)
class Connection:
    """A directed edge. `tail` is a component, or a segment of the network where `from_segment` says so."""

    tail: str
    head: str
    call: Call
    from_segment: bool = False

    @property
    def id(self) -> str:
        """`api--database`."""
        return connection_id(self.tail, self.head)


def connection_id(tail: str, head: str) -> str:
    """The id of a connection by its ends."""
    return f"{tail}--{head}"


@dataclass(frozen=True, slots=True)
class Subnet:
    """A range of a tier: in one zone, or in the whole region where `zone` is None. `cidr` is None when it does not fit."""

    tier: str
    zone: str | None
    cidr: str | None


def nth_subnet(range_: str, prefix_length: int, number: int) -> str | None:
    """The number-th network of this size in a range, as Terraform's cidrsubnet() counts; None where there is none."""
    network = ipaddress.IPv4Network(range_)
    if prefix_length < network.prefixlen or number >= 2 ** (prefix_length - network.prefixlen):
        return None
    start = int(network.network_address) + number * 2 ** (32 - prefix_length)
    return str(ipaddress.IPv4Network((start, prefix_length)))


@dataclass(frozen=True)
class Architecture:
    """Everything about the architecture at one coordinate.

    `tree` is what `document` was read from: it knows the line of every value. `assumed` are the paths that the source
    of the model does not state. `catalog` has the products that the model may use.
    """

    coordinate: Coordinate
    document: Document
    components: Mapping[str, Component]
    tree: YamlNode
    assumed: tuple[Path, ...]
    catalog: Catalog

    # -- the coordinate's own parts ------------------------------------------------------------------

    @property
    def facts(self) -> CloudFacts:
        """What the catalog says about the cloud."""
        return clouds()[self.coordinate.cloud]

    @property
    def cloud(self) -> Cloud:
        """What the model says about the cloud."""
        return self.document.clouds[self.coordinate.cloud]  # type: ignore[index]  # the axis has declared clouds only

    @property
    def environment(self) -> Environment:
        """What the model says about the environment."""
        return self.document.environments[self.coordinate.environment]

    @property
    def phase(self) -> Phase | None:
        """None in a model without phases."""
        return self.document.phases.get(self.coordinate.phase)

    @property
    def home(self) -> str:
        """The account or project that the environment lives in, by its id in the model."""
        return self.home_of(self.coordinate.environment)

    @property
    def home_title(self) -> str:
        """The same for people."""
        return self.homes.get(self.home, self.home)

    @property
    def homes(self) -> Mapping[str, str]:
        """What people call each account or project that the model declares on this cloud, by id."""
        organization = self.document.organization
        if organization and self.coordinate.cloud == "aws" and organization.aws:
            return {id_: account.name for id_, account in organization.aws.accounts.items()}
        if organization and self.coordinate.cloud == "gcp" and organization.gcp:
            return {id_: project.name or id_ for id_, project in organization.gcp.projects.items()}
        return {}

    def home_name(self, id_: str) -> str:
        """An account or project with what it is: `Account Prod`."""
        return f"{self.facts.home_label} {self.homes.get(id_, id_)}"

    def home_of(self, environment: str) -> str:
        """The account or project that any environment lives in on this cloud, by its id in the model."""
        there = self.document.environments[environment]
        if self.coordinate.cloud == "aws":
            return there.aws.account if there.aws else ""
        return there.gcp.project if there.gcp else ""

    @property
    def account_id(self) -> str | None:
        """The AWS account's twelve digits, where the model states them."""
        organization = self.document.organization
        if organization and organization.aws and self.home in organization.aws.accounts:
            return organization.aws.accounts[self.home].id
        return None

    @property
    def cidr(self) -> str:
        """The range of the environment."""
        home = self.environment.aws if self.coordinate.cloud == "aws" else self.environment.gcp
        return home.cidr if home else ""

    @property
    def zones(self) -> tuple[str, ...]:
        """The availability zones by name, in their order."""
        return self.cloud.availability_zones

    # -- network -------------------------------------------------------------------------------------

    @property
    def tiers(self) -> Mapping[str, Tier]:
        """The network's tiers by id; none in a model without a network."""
        return self.document.network.tiers if self.document.network else {}

    @cached_property
    def subnets(self) -> tuple[Subnet, ...]:
        """Every subnet, tier by tier: one a zone, or one a region, as the cloud has them."""
        zonal = self.facts.subnet_scope == "zone"
        places: tuple[str | None, ...] = self.zones if zonal else (None,)
        return tuple(
            Subnet(name, zone, nth_subnet(self.cidr, tier.prefix_length, tier.netnum + position))
            for name, tier in self.tiers.items()
            for position, zone in enumerate(places)
        )

    def subnets_of(self, tier: str) -> tuple[str, ...]:
        """The ranges of one tier, in order of zone."""
        return tuple(subnet.cidr for subnet in self.subnets if subnet.tier == tier and subnet.cidr)

    @cached_property
    def secondary_ranges(self) -> Mapping[str, str | None]:
        """Alias ranges by name; None where one does not fit."""
        gcp = self.document.network.gcp if self.document.network else None
        if not gcp or self.coordinate.cloud != "gcp":
            return {}
        return {name: nth_subnet(self.cidr, r.prefix_length, r.netnum) for name, r in gcp.secondary_ranges.items()}

    def segment_of(self, tier: str) -> str | None:
        """The segment that holds a tier."""
        segments = self.document.network.segments if self.document.network else {}
        return next((name for name, segment in segments.items() if tier in segment.tiers), None)

    # -- components ----------------------------------------------------------------------------------

    def of_kind(self, kind: type[C]) -> Iterator[tuple[str, C]]:
        """The components of a kind, by id, in the order of the file."""
        return ((name, component) for name, component in self.components.items() if isinstance(component, kind))

    def place(self, component: Component) -> str:
        """Where a component sits: `outside`, `edge`, `managed` or a tier that exists."""
        from archgen.model.component import MANAGED, PLACEMENTS

        return component.place if component.place in PLACEMENTS or component.place in self.tiers else MANAGED

    def product(self, component: Component) -> Product | None:
        """The product a component is on this cloud."""
        return self.catalog.products[component.product] if component.product else None

    def products_of(self, component: Component) -> tuple[str, ...]:
        """The ids of all products a component is made with."""
        return ((component.product,) if component.product else ()) + component.supporting_products

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """Every connection, in the order of the file."""
        found = [
            Connection(name, target, call)
            for name, component in self.components.items()
            for target, call in component.calls.items()
        ]
        segments = self.document.network.segments if self.document.network else {}
        found += [
            Connection(name, target, call, from_segment=True)
            for name, segment in segments.items()
            for target, call in segment.calls.items()
        ]
        return tuple(found)

    @cached_property
    def indexes(self) -> dict[str, dict[str, set[str]]]:
        """Room for indexes of components, by what they are indexed by, then by value."""
        return {}

    def providers(self, capability: str) -> Iterator[tuple[str, Component]]:
        """The components that provide a capability."""
        return iter(self._providers.get(capability, ()))

    @cached_property
    def _providers(self) -> Mapping[str, list[tuple[str, Component]]]:
        """By capability: asked for every row of the parity table."""
        found: dict[str, list[tuple[str, Component]]] = {}
        for name, component in self.components.items():
            for capability in component.provides:
                found.setdefault(capability, []).append((name, component))
        return found

    def capabilities(self, component: Component) -> Mapping[str, Capability]:
        """The capabilities that a component provides, by id."""
        return {name: self.document.capabilities[name] for name in component.provides}

    # -- names and places ----------------------------------------------------------------------------

    def identifier(self, component: str) -> str:
        """The name that a component's resources carry at this coordinate: the only place where one is made."""
        return self._named(self.components[component].name or component)

    @property
    def network_identifier(self) -> str:
        """The name that the network carries."""
        return self._named(self.document.network.name if self.document.network else "network")

    def _named(self, name: str) -> str:
        return self.document.naming.format(
            project=self.document.project, environment=self.coordinate.environment, component=name
        )

    def span(self, path: Path) -> Span:
        """Where the value at `path` stands in the file, or the nearest thing around it."""
        node, _taken = self.tree.nearest(path)
        return node.span

    def stated_at(self, *path: str | int) -> Span:
        """Where a value is stated: its key, or the value itself where it has none."""
        node, _taken = self.tree.nearest(path)
        return node.key_span or node.span
