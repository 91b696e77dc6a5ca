"""The base class of all kinds: the settings that every component has, and how a kind says where its instances are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Literal

from archgen.model.base import (
    CapabilityId,
    ComponentId,
    Entity,
    HomeId,
    Id,
    Line,
    Listed,
    PlaceId,
    ResourceName,
    TeamId,
    Text,
)
from archgen.model.calls import Calls
from archgen.registry import Part, parts

# Placements that are not tiers of the network.
OUTSIDE = "outside"  # not run by us: people, partners, hosted tools
EDGE = "edge"  # at the cloud's edge, in no region
MANAGED = "managed"  # a regional service, in no subnet of ours
PLACEMENTS = (OUTSIDE, EDGE, MANAGED)


@dataclass(frozen=True, slots=True)
class Member:
    """One instance of a component that sits in a zone.

    `zone` is the zone's position, 0 for the first; `note` tells it from its siblings; `label` and `product` are set where
    they differ from the component's own; `primary` marks those that connections are drawn to and from.
    """

    id: str
    zone: int
    note: str = ""
    label: str = ""
    product: str | None = None
    primary: bool = False


class Component(Entity):
    """One thing in the architecture."""

    kind: Id
    """What it is; decides which further settings it has."""
    name: ResourceName | None = None
    """The name that its resources carry, put into `naming`; the component's id when left out."""
    title: Line
    """What people call it, in diagrams and pages."""
    purpose: Text | None = None
    """What it is for, in a sentence."""
    provides: Listed[CapabilityId] = ()
    """The capabilities that it provides: the rows of the parity table that are about it."""
    no_capability: Text | None = None
    """Why no row of the parity table is about it."""
    tags: Listed[Id] = ()
    """Words to choose it by, in views."""
    owner: TeamId | None = None
    """A team of `teams`."""
    placement: PlaceId | None = None
    """`outside`, `edge`, `managed`, or a tier of the network; the kind's usual place when left out."""
    product: Id | None = None
    """What it is on this cloud: a product of the catalog."""
    supporting_products: Listed[Id] = ()
    """Further products that it is made with."""
    runs_on: ComponentId | None = None
    """The component that it runs on, for what is no resource of its own."""
    namespace: Id | None = None
    """The namespace of the cluster that it runs in."""
    run_by: Literal["cloud", "us"] | None = None
    """Who installs and updates it: the cloud, as a managed add-on, or we."""
    need: Literal["required", "recommended", "optional"] = "required"
    """Whether the architecture works without it."""
    home: HomeId | None = None
    """The account or project that it lives in, where that is not the environment's own."""
    calls: Calls = {}
    """What it connects to."""

    label: ClassVar[str] = "Component"
    usual_placement: ClassVar[str] = MANAGED
    needs_product: ClassVar[bool] = True
    stateful: ClassVar[bool] = False  # whether it keeps something that is lost with it
    compared: ClassVar[bool] = True  # whether clouds can meet it differently, so that it needs a capability
    keeps_data: ClassVar[bool] = False  # whether it writes what should be encrypted with a key of our own
    alone: ClassVar[bool] = False  # whether it does its work without any connection
    aliases: ClassVar[tuple[str, ...]] = ()  # what else people call such a thing, for those who search
    icon: ClassVar[str] = "onprem.compute.Server"  # of the diagrams package, for components without a product

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """Its instances that sit in zones of a tier, when it is placed in one; none for what has no zone.

        `zones` is how many zones there are.
        """
        yield from ()

    def copies(self, zones: int) -> int | None:
        """How many copies of it there are, at most one in each of `zones` counted; None where the cloud sees to that."""
        return None

    def tier_of_members(self) -> str | None:
        """The tier its members sit in when that is not its own placement."""
        return None

    @property
    def place(self) -> str:
        """Where it sits."""
        return self.placement or self.usual_placement


@cache
def all_kinds() -> dict[str, type[Component]]:
    """The class of each kind of component by its id: archgen's, and those of installed packages.

    The id of one of archgen's is its module's name, that of a package's kind the name of its entry point, both with hyphens. Raises
    ExtensionError for a package that cannot be loaded, or whose module does not define one kind.
    """
    return {part.id: _kind_of(part) for part in parts("kinds")}


def _kind_of(part: Part) -> type[Component]:
    """The one subclass of Component that a module defines. Raises ExtensionError."""
    found = [
        value
        for value in vars(part.module).values()
        if isinstance(value, type) and issubclass(value, Component) and value.__module__ == part.module.__name__
    ]
    public = [cls for cls in found if not cls.__name__.startswith("_")]
    if len(public) != 1:
        names = ", ".join(cls.__name__ for cls in public) or "none"
        raise part.error(f"the module must define one kind, and defines {names}", "define one subclass of Component")
    return public[0]
