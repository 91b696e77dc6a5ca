"""A cloud that a model declares itself, such as a private cloud: homes in a list, and a network without further settings."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from archgen.model.base import IDENTIFYING, Cidr, Entity, HomeId, Id, Line, Listed, Text
from archgen.model.per_cloud import CloudClasses, CloudOrganization, Home, NetworkFacts, OrganizationHome


class PrivateHome(Home):
    """Where an environment is on a declared cloud."""

    key: ClassVar[str] = "home"
    home: HomeId
    """What contains it; an ID from `homes` of the cloud under `organization`, if the model has them."""
    cidr: Cidr | None = None
    """The address range that contains all its subnets."""


class DeclaredHome(Entity):
    """What contains environments on a declared cloud, such as a tenant."""

    name: Line
    number: Annotated[Line, IDENTIFYING] | None = None
    """The ID that the cloud gave it."""
    purpose: Text | None = None
    workloads: bool = True
    """False for one that must never run workloads."""


class PrivateOrganization(CloudOrganization):
    """What contains environments on a declared cloud."""

    key: ClassVar[str] = "homes"
    numbered: ClassVar[bool] = True
    homes: dict[Id, DeclaredHome]
    reasons: Listed[Text] = ()
    """Why it is organized this way."""

    def all_homes(self) -> Mapping[str, OrganizationHome]:
        """The homes by ID."""
        return {
            id_: OrganizationHome(home.name, home.number, purpose=home.purpose, workloads=home.workloads)
            for id_, home in self.homes.items()
        }

    def why(self) -> tuple[str, ...]:
        """Why it is organized this way."""
        return self.reasons


class PrivateNetwork(NetworkFacts):
    """The network of a declared cloud, which has no further settings."""


CLASSES = CloudClasses(PrivateHome, PrivateOrganization, PrivateNetwork)
