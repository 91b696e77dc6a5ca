"""What a model states for each cloud: the bases of the classes in `clouds/`, and the classes of a model with one field per cloud.

In YAML, an entry of a cloud is next to other keys (`environments.prod.aws`). Here, the classes with such entries get one field for each
cloud that the model may use, so that errors have the right place. Read an entry with `side_of`, which checks its type.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, create_model

from archgen.catalog.cloud_facts import cloud_bases
from archgen.diagnostics.diagnostic import Path
from archgen.model.base import Cidr, Entity
from archgen.model.kept_schemas import name_made
from archgen.records import dataclass
from archgen.registry import ExtensionError, Part, parts

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class CloudReference:
    """A reference in what a model states about one cloud: its path there, the ID, the IDs that exist, and what they are.

    `wrong` says why it cannot refer to an ID that exists; empty if it can.
    """

    path: Path
    id: str
    known: tuple[str, ...]
    what: str
    wrong: str = ""


class SecondaryRange(Entity):
    """An alias IP range of a subnet."""

    prefix_length: Annotated[int, Field(ge=9, le=28)]
    netnum: Annotated[int, Field(ge=0)] = 0


class Home(Entity):
    """Where an environment is on one cloud. `key` is the field with the ID of its account, project or subscription."""

    key: ClassVar[str] = "home"
    cidr: Cidr | None = None
    """The address range that contains all its subnets; not needed without a network."""
    recovery_cidr: Cidr | None = None
    """The range of its network in the recovery region, if Terraform stacks create one there (`recovery`)."""

    @property
    def id(self) -> str:
        """The ID of the account, project or subscription."""
        return str(getattr(self, self.key))

    @property
    def details(self) -> Mapping[str, str]:
        """More about where it is, from the word for it to its name, such as its resource group."""
        return {}


@dataclass(frozen=True, slots=True)
class OrganizationHome:
    """An account, project or subscription as pages and pictures need it; `folder` is the ID of the group that it is in."""

    name: str
    number: str | None = None
    folder: str | None = None
    purpose: str | None = None
    workloads: bool = True


@dataclass(frozen=True, slots=True)
class OrganizationFolder:
    """A group of homes: its name, and the ID of the group that it is in."""

    name: str
    parent: str | None = None


class CloudOrganization(Entity):
    """How the homes of one cloud are organized.

    `key` is the field with the homes by ID; `numbered` tells whether they have numbers, and `says_workloads` whether a model can say
    that one never runs workloads.
    """

    key: ClassVar[str] = "homes"
    numbered: ClassVar[bool] = False
    says_workloads: ClassVar[bool] = True

    def all_homes(self) -> Mapping[str, OrganizationHome]:
        """The accounts, projects or subscriptions by ID."""
        return {}

    def all_folders(self) -> Mapping[str, OrganizationFolder]:
        """The groups of homes by ID."""
        return {}

    def why(self) -> tuple[str, ...]:
        """Why it is organized this way."""
        return ()

    def references(self) -> Iterator[CloudReference]:
        """The references to groups."""
        yield from ()


@dataclass(frozen=True, slots=True)
class NetworkGateway:
    """A part of the network that pictures show although it is not a component: its ID, its product, and a note.

    `leads_to` says where traffic goes that leaves the network through it.
    """

    id: str
    product: str
    note: str = ""
    leads_to: Literal["", "internet", "services"] = ""


class NetworkFacts(Entity):
    """Settings that the network has on one cloud only."""

    def nat_zones(self, zones: int) -> range:
        """The positions of the zones that each have a NAT gateway, of `zones` zones; empty if NAT is not zonal."""
        return range(0)

    def entries(self) -> Iterator[NetworkGateway]:
        """Gateways through which traffic comes in."""
        yield from ()

    def exits(self) -> Iterator[NetworkGateway]:
        """Gateways and endpoints through which traffic leaves."""
        yield from ()

    def alias_ranges(self) -> Mapping[str, SecondaryRange]:
        """Address ranges in addition to those of subnets, by name."""
        return {}

    def only_reserves(self, tier: str) -> bool:
        """Whether the range of a tier is reserved for services of the cloud, so that it is not a subnet."""
        return False

    def way_out(self) -> str:
        """A sentence about gateways that lead to each other, since pictures draw no lines between them; empty if there are none."""
        return ""

    def tier_note(self, tier: str) -> str:
        """More about the subnets of a tier, as part of their label; empty if there is nothing to add."""
        return ""

    def references(self, tiers: tuple[str, ...]) -> Iterator[CloudReference]:
        """The references to tiers of the network and to parts of the catalog."""
        yield from ()


@dataclass(frozen=True, slots=True)
class CloudClasses:
    """The classes of what a model states about one cloud; a module in `clouds/` has one as `CLASSES`."""

    home: type[Home]
    organization: type[CloudOrganization]
    network: type[NetworkFacts]


@cache
def cloud_classes() -> Mapping[str, CloudClasses]:
    """The classes of each cloud that archgen and installed packages know, by its ID. Raises ExtensionError."""
    return {part.id: _classes_of(part) for part in parts("clouds")}


def _classes_of(part: Part) -> CloudClasses:
    classes = getattr(part.module, "CLASSES", None)
    if not isinstance(classes, CloudClasses):
        raise part.error("CLASSES is missing", "add CLASSES = CloudClasses(home=…, organization=…, network=…)")
    return classes


def classes_for(bases: Mapping[str, str]) -> dict[str, CloudClasses]:
    """The classes of the clouds of a model; `bases` has each cloud with the one that it is like. Raises ExtensionError."""
    known = cloud_classes()
    for cloud, base in bases.items():
        if base not in known:
            raise ExtensionError(
                f"the cloud '{cloud}' is like '{base}', which is not one of {', '.join(cloud_bases())}"
            )
    return {cloud: known[base] for cloud, base in bases.items()}


def with_sides(base: type[E], sides: Mapping[str, type[Entity]], *, default: bool = False) -> type[E]:
    """A class like `base` with one field for each cloud; if a field is not set, it is None, or with `default` an empty entry."""
    fields: dict[str, Any] = {
        cloud: (side, Field(default_factory=side)) if default else (side | None, None) for cloud, side in sides.items()
    }
    made: type[E] = create_model(
        base.__name__, __base__=base, __module__=base.__module__, __doc__=base.__doc__, **fields
    )
    name_made(made, sides, base)
    return made


def side_of(entity: Entity, cloud: str, type_: type[E]) -> E | None:
    """What an entity states about a cloud; None if it states nothing, or something of another type."""
    side = getattr(entity, cloud, None)
    return side if isinstance(side, type_) else None


def is_reserved(cloud: str, classes: tuple[type[Entity], ...]) -> bool:
    """Whether the ID of a cloud would collide with a field or an attribute of classes that have a field for each cloud."""
    return any(cloud in cls.model_fields or hasattr(cls, cloud) for cls in classes)
