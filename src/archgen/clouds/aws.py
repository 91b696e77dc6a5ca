"""AWS: accounts under AWS Organizations, and VPCs with zonal subnets, gateways and endpoints."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from archgen.catalog import endpoints
from archgen.model.base import IDENTIFYING, AccountRef, Cidr, Entity, Id, Line, Listed, Text
from archgen.model.patterns import matching
from archgen.model.per_cloud import (
    CloudClasses,
    CloudOrganization,
    CloudReference,
    Home,
    NetworkFacts,
    NetworkGateway,
    OrganizationHome,
)

# Twelve digits in quotes, because a number would lose a leading zero.
AccountId = Annotated[str, matching(r"^[0-9]{12}$", "the ID of an AWS account, which has 12 digits"), IDENTIFYING]


class AwsHome(Home):
    """Where an environment is on AWS."""

    key: ClassVar[str] = "account"
    account: AccountRef
    """The account; an ID from `organization.aws.accounts`."""
    cidr: Cidr | None = None
    """The address range of its VPC."""


class AwsAccount(Entity):
    """An AWS account."""

    name: Line
    id: AccountId | None = None
    """Twelve digits, in quotes."""
    purpose: Text | None = None
    workloads: bool = True
    """False for an account that must never run workloads."""


class AwsOrganization(CloudOrganization):
    """The accounts under AWS Organizations."""

    key: ClassVar[str] = "accounts"
    numbered: ClassVar[bool] = True
    accounts: dict[Id, AwsAccount]
    reasons: Listed[Text] = ()
    """Why it is split this way."""

    def all_homes(self) -> Mapping[str, OrganizationHome]:
        """The accounts by ID."""
        return {
            id_: OrganizationHome(a.name, a.id, purpose=a.purpose, workloads=a.workloads)
            for id_, a in self.accounts.items()
        }

    def why(self) -> tuple[str, ...]:
        """Why it is split this way."""
        return self.reasons


class AwsNetwork(NetworkFacts):
    """Settings that only an AWS VPC has."""

    nat_gateways: Literal["per-zone", "single", "regional", "none"] = "per-zone"
    """A gateway in each zone, one in one zone, or a regional one, which is in every zone with workloads by itself."""
    endpoints: Listed[Id] = ()
    """VPC endpoints; IDs from the catalog."""
    internet_gateway: bool = True
    network_acls: Literal["default", "stateless-deny"] = "default"
    """Whether subnets have stateless rules in addition to security groups."""

    def nat_zones(self, zones: int) -> range:
        """All zones, the first one, or none. A regional gateway is in no subnet."""
        return range({"per-zone": zones, "single": 1}.get(self.nat_gateways, 0))

    def entries(self) -> Iterator[NetworkGateway]:
        """The internet gateway."""
        if self.internet_gateway:
            yield NetworkGateway("internet-gateway", "internet-gateway")

    def way_out(self) -> str:
        """NAT gateways use the internet gateway: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html."""
        both = self.internet_gateway and self.nat_gateways != "none"
        return "NAT gateways send traffic on through the internet gateway." if both else ""

    def exits(self) -> Iterator[NetworkGateway]:
        """A regional NAT gateway, and the VPC endpoints as one."""
        if self.nat_gateways == "regional":
            yield NetworkGateway("nat", "regional-nat-gateway", "egress for the region", "internet")
        if self.endpoints:
            names = [endpoints()[id_].name for id_ in self.endpoints]
            short = dict.fromkeys(name.split(" ")[0] if name.startswith("ECR") else name for name in names)
            yield NetworkGateway("vpc-endpoints", "vpc-endpoints", ", ".join(short), "services")

    def references(self, tiers: tuple[str, ...]) -> Iterator[CloudReference]:
        """The references to endpoints of the catalog."""
        for position, endpoint in enumerate(self.endpoints):
            yield CloudReference(("endpoints", position), endpoint, tuple(endpoints()), "VPC endpoint")


CLASSES = CloudClasses(AwsHome, AwsOrganization, AwsNetwork)
