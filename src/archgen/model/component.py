"""The base class of all kinds: the settings that every component has, and the methods with which a kind states where its instances are."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from archgen.catalog import protocols
from archgen.lazy import LazyMapping
from archgen.model.base import (
    IDENTIFYING,
    CapabilityId,
    ComponentId,
    Entity,
    HomeId,
    Id,
    Identifier,
    Line,
    Listed,
    PlaceId,
    RegionId,
    ResourceName,
    TeamId,
    Text,
    share_schemas,
)
from archgen.model.calls import Calls
from archgen.model.mentions import Mention, mentions
from archgen.model.regions import RegionUse
from archgen.model.traits import Traits, count_of, setting_of
from archgen.records import dataclass
from archgen.registry import Part, extensions, lazy_parts

# Placements that are not tiers of the network.
OUTSIDE = "outside"  # run by others: people, partners, hosted tools
EDGE = "edge"  # at the cloud's edge, outside any region
MANAGED = "managed"  # a regional service that is in none of the model's subnets
PLACEMENTS = (OUTSIDE, EDGE, MANAGED)

# What people want to do, in the order in which the reference lists the kinds for it.
TASKS: Mapping[str, str] = MappingProxyType(
    {
        "run": "Run code",
        "serve": "Receive requests",
        "store": "Store data",
        "messages": "Pass on messages and start work",
        "analyze": "Analyze data",
        "identify": "Identify people and programs",
        "protect": "Protect the system and its secrets",
        "connect": "Connect networks and get in",
        "deliver": "Build and deliver",
        "watch": "Observe and prove",
        "outside": "Describe what is outside",
        "other": "Do something else",
    }
)


@dataclass(frozen=True, slots=True)
class Member:
    """One instance of a component in a zone.

    `zone` is the zone's position, 0 for the first; `note` distinguishes it from its siblings; `label` and `product` are set if
    they differ from the component's; `nodes` is set for machines of a cluster, whose product depends on the cloud; `primary` marks the
    instances that connections are drawn to and from.
    """

    id: str
    zone: int
    note: str = ""
    label: str = ""
    product: str | None = None
    primary: bool = False
    nodes: Literal["", "on-demand", "spot"] = ""


class Component(Entity):
    """One thing in the architecture."""

    kind: Id
    """The type of component; it determines which other settings there are."""
    name: ResourceName | None = None
    """The name of its cloud resources, inserted into `naming`; by default the component's ID."""
    identifier: Identifier | None = None
    """The literal name of its cloud resources, if `naming` does not describe it."""
    title: Line
    """Its name in diagrams and on pages."""
    purpose: Text | None = None
    """What it is for, in a sentence."""
    provides: Listed[CapabilityId] = ()
    """The capabilities that it provides, each a row of the parity table."""
    no_capability: Text | None = None
    """Why it does not appear in the parity table."""
    tags: Listed[Id] = ()
    """Labels for selecting it in views and rules."""
    owner: TeamId | None = None
    """The team that owns it; an ID from `teams`."""
    terraform_addresses: Annotated[Listed[Line], IDENTIFYING] = ()
    """The addresses of its resources in Terraform's state, such as module.orders.this[0]. `archgen import` writes them."""
    formerly: Listed[Id] = ()
    """The IDs that it had before it was renamed, the last one first; Terraform then moves what it created instead of replacing it."""
    placement: PlaceId | None = None
    """`outside`, `edge`, `managed`, or a tier of the network; the default depends on the kind."""
    endpoint_in: Listed[PlaceId] = ()
    """The tiers of networks from which it calls others although it runs elsewhere, such as a function that is connected to a network."""
    product: Id | None = None
    """The product that it uses on this cloud; an ID from the catalog."""
    supporting_products: Listed[Id] = ()
    """Other products that it is built with."""
    runs_on: ComponentId | None = None
    """The component that it runs on, if it is not a cloud resource itself."""
    namespace: Id | None = None
    """The namespace of the cluster that it runs in."""
    run_by: Literal["cloud", "us"] | None = None
    """Who installs and updates it: `cloud` for a managed add-on, or `us`."""
    need: Literal["required", "recommended", "optional"] = "required"
    """Whether the architecture depends on it."""
    home: HomeId | None = None
    """What contains it; an ID from `organization`, if that is not what contains the environment."""
    rebuilt_from: Listed[ComponentId] = ()
    """What its data can be rebuilt from if it is lost, such as the stream whose events fill it."""
    regions: dict[RegionId, RegionUse] = {}
    """The regions that it is in; by default that of its network or of what it runs on, otherwise `home`."""
    zones: Listed[Line] = ()
    """The zones that its copies are in, by their names on this cloud, if the model states them."""
    traits: Traits = Traits()
    """Corrections to what archgen assumes about its kind and its product."""
    calls: Calls = {}
    """What it connects to."""

    label: ClassVar[str] = "Component"
    usual_placement: ClassVar[str] = MANAGED
    needs_product: ClassVar[bool] = True
    inherent: ClassVar[Traits] = Traits()  # what is true of every component of this kind
    named_globally: ClassVar[bool] = False  # whether its name is unique in all regions, like that of a bucket
    compared: ClassVar[bool] = True  # whether clouds can provide it differently, so that it needs a capability
    person: ClassVar[bool] = False  # whether it stands for people, who do not stop but are cut off
    firewall: ClassVar[bool] = False  # whether it inspects requests and blocks malicious ones
    data_store: ClassVar[bool] = False  # whether it only answers, so that it opens no connections itself
    joins_places: ClassVar[bool] = (
        False  # whether it joins networks and sites, with the settings of the kind network-link
    )
    alone: ClassVar[bool] = False  # whether it can do its work without any connection
    aliases: ClassVar[tuple[str, ...]] = ()  # other names for it, as search terms
    used_to: ClassVar[str] = "other"  # what people use it to do, a key of TASKS; the reference groups kinds by it
    protocols: ClassVar[tuple[str, ...]] = ()  # protocols that calls to it may use, in addition to those archgen knows
    icon: ClassVar[str] = "onprem.compute.Server"  # an icon of the diagrams package, for components without a product

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """Its instances in the zones of a tier, if it is placed in one; empty for a component without zones.

        `zones` is the number of zones.
        """
        yield from ()

    def copies(self, zones: int) -> int | None:
        """The number of its copies in a network with so many zones; None if the model does not state it."""
        stated = self.known.copies
        if stated is None or isinstance(stated, int):
            return stated
        count = count_of(setting_of(self, stated))
        return None if count is None or count < 0 else count + stated.endswith(" + 1")

    def tier_of_members(self) -> str | None:
        """The tier that its members are in, if that is not its placement."""
        return None

    @property
    def usual(self) -> Traits:
        """What is true of it because of its kind and its settings, unless it or its product states something else."""
        return self.inherent

    @property
    def known(self) -> Traits:
        """Its traits: those that it states, then those of its kind and its settings."""
        return self.traits.over(self.usual)

    if not TYPE_CHECKING:  # or every attribute would seem to exist

        def __getattr__(self, name: str) -> Any:
            """Raises AttributeError. Rules ask thousands of times for a setting that only some kinds have, and pydantic first looks for
            private and additional attributes, which archgen's kinds do not have.
            """
            if self.__private_attributes__ or self.model_config.get("extra") == "allow":  # a kind of a package
                return super().__getattr__(name)
            return object.__getattribute__(self, name)  # raises again what a property has raised

    @cached_property
    def references(self) -> tuple[Mention, ...]:
        """Everything that it refers to, with paths below the component. Cached, since coordinates share components."""
        return tuple(mentions(self, ()))

    @property
    def place(self) -> str:
        """Its placement, or the usual one of its kind."""
        return self.placement or self.usual_placement


share_schemas(Component)


def protocols_of(kinds: Iterable[type[Component]]) -> list[str]:
    """The protocols that archgen and these kinds know, sorted."""
    return sorted({*protocols(), *(name for kind in kinds for name in kind.protocols)})


@cache
def all_kinds() -> LazyMapping[type[Component]]:
    """The class of each kind of component by its id, including those of installed packages.

    The id of a kind is the name of its module, or of its entry point for a package, with hyphens. The modules of archgen's kinds are
    imported only when their kinds are asked for, because importing all of them would take longer than reading a model. Raises
    ExtensionError if a package cannot be loaded, or if one of its modules does not define exactly one kind.
    """
    known = lazy_parts("kinds")
    for part in extensions("kinds"):
        _kind_of(part)
    return LazyMapping({id_: partial(_kind_with_id, id_) for id_ in known})


def _kind_with_id(id_: str) -> type[Component]:
    return _kind_of(lazy_parts("kinds")[id_])


def _kind_of(part: Part) -> type[Component]:
    """The only subclass of Component that a module defines. Raises ExtensionError."""
    classes = [
        value
        for value in vars(part.module).values()
        if isinstance(value, type) and issubclass(value, Component) and value.__module__ == part.module.__name__
    ]
    public = [cls for cls in classes if not cls.__name__.startswith("_")]
    if len(public) != 1:
        names = ", ".join(cls.__name__ for cls in public) or "none"
        message = f"the module must define exactly one kind, but defines {names}"
        raise part.error(message, "define one subclass of Component")
    return public[0]
