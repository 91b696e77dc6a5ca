"""Microsoft Azure: a tenant with management groups and subscriptions, resource groups, and virtual networks."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from archgen.model.base import IDENTIFYING, Cidr, Entity, Id, Line, Listed, SubscriptionRef, Text, TierId
from archgen.model.patterns import matching
from archgen.model.per_cloud import (
    CloudClasses,
    CloudOrganization,
    CloudReference,
    Home,
    NetworkFacts,
    NetworkGateway,
    OrganizationFolder,
    OrganizationHome,
)

_GUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
TenantId = Annotated[
    str,
    matching(_GUID, "the ID of a Microsoft Entra tenant: 32 lowercase hexadecimal digits in five groups"),
    IDENTIFYING,
]
SubscriptionId = Annotated[
    str,
    matching(f"(?:{_GUID})", "the ID of an Azure subscription: 32 lowercase hexadecimal digits in five groups"),
    IDENTIFYING,
]
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
ResourceGroup = Annotated[
    str,
    matching(
        r"^[A-Za-z0-9_()-][A-Za-z0-9_().-]{0,88}[A-Za-z0-9_()-]$",
        "the name of a resource group: at most 90 letters, digits, `_`, `-`, `.` and parentheses, not ending with `.`",
    ),
    IDENTIFYING,
]


class AzureHome(Home):
    """Where an environment is on Azure."""

    key: ClassVar[str] = "subscription"
    subscription: SubscriptionRef
    """The subscription; an ID from `organization.azure.subscriptions`."""
    resource_group: ResourceGroup | None = None
    """The resource group that contains its resources."""
    cidr: Cidr | None = None
    """The address range of its virtual network."""

    @property
    def details(self) -> Mapping[str, str]:
        """Its resource group."""
        return {"resource group": self.resource_group} if self.resource_group else {}


class AzureManagementGroup(Entity):
    """A management group, which contains subscriptions and other management groups."""

    name: Line
    parent: Id | None = None
    """The management group that contains it; by default directly under the root group of the tenant."""
    purpose: Text | None = None


class AzureSubscription(Entity):
    """An Azure subscription."""

    name: Line
    id: SubscriptionId | None = None
    """32 hexadecimal digits in five groups."""
    management_group: Id | None = None
    """The management group that contains it; by default directly under the root group of the tenant."""
    purpose: Text | None = None
    workloads: bool = True
    """False for a subscription that must never run workloads."""


class AzureOrganization(CloudOrganization):
    """The management groups and subscriptions of a tenant."""

    key: ClassVar[str] = "subscriptions"
    numbered: ClassVar[bool] = True
    tenant: TenantId | None = None
    """The ID of the tenant."""
    management_groups: dict[Id, AzureManagementGroup] = {}
    subscriptions: dict[Id, AzureSubscription]
    reasons: Listed[Text] = ()
    """Why it is split this way."""

    def all_homes(self) -> Mapping[str, OrganizationHome]:
        """The subscriptions by ID."""
        return {
            id_: OrganizationHome(s.name, s.id, s.management_group, s.purpose, s.workloads)
            for id_, s in self.subscriptions.items()
        }

    def all_folders(self) -> Mapping[str, OrganizationFolder]:
        """The management groups by ID."""
        return {id_: OrganizationFolder(group.name, group.parent) for id_, group in self.management_groups.items()}

    def why(self) -> tuple[str, ...]:
        """Why it is split this way."""
        return self.reasons

    def references(self) -> Iterator[CloudReference]:
        """The references to management groups."""
        known = tuple(self.management_groups)
        for id_, subscription in self.subscriptions.items():
            if group := subscription.management_group:
                yield CloudReference(("subscriptions", id_, "management_group"), group, known, "management group")
        for id_, group_ in self.management_groups.items():
            if group_.parent:
                circle = id_ in self._around(group_.parent)
                wrong = f"the management group '{id_}' is inside itself" if circle else ""
                path = ("management_groups", id_, "parent")
                yield CloudReference(path, group_.parent, known, "management group", wrong)

    def _around(self, group: str) -> tuple[str, ...]:
        """A management group and those that contain it."""
        around: list[str] = []
        here: str | None = group
        while here in self.management_groups and here not in around:
            around.append(here)
            here = self.management_groups[here].parent
        return tuple(around)


# https://learn.microsoft.com/azure/virtual-network/subnet-delegation-overview
Delegation = Annotated[
    str,
    matching(
        r"^Microsoft\.[A-Za-z]+/[A-Za-z]+(/[A-Za-z]+)*$",
        "a service to delegate to, such as Microsoft.DBforPostgreSQL/flexibleServers",
        max_length=80,
    ),
]


class AzureNetwork(NetworkFacts):
    """Settings that only a virtual network of Azure has."""

    nat_gateway: bool = False
    """Whether a NAT gateway is the way out of its subnets."""
    delegations: dict[TierId, Delegation] = {}
    """The service that the subnet of a tier is delegated to, by tier."""

    def exits(self) -> Iterator[NetworkGateway]:
        """The NAT gateway."""
        if self.nat_gateway:
            yield NetworkGateway("nat-gateway", "azure-nat-gateway", "", "internet")

    def way_out(self) -> str:
        """A NAT gateway has public addresses itself: https://learn.microsoft.com/azure/nat-gateway/nat-overview."""
        return "The NAT gateway sends traffic on to the internet." if self.nat_gateway else ""

    def tier_note(self, tier: str) -> str:
        """The service that the subnet of the tier is delegated to."""
        return f"delegated to {self.delegations[tier]}" if tier in self.delegations else ""

    def references(self, tiers: tuple[str, ...]) -> Iterator[CloudReference]:
        """The references to tiers."""
        for tier in self.delegations:
            yield CloudReference(("delegations", tier), tier, tiers, "tier")


CLASSES = CloudClasses(AzureHome, AzureOrganization, AzureNetwork)
