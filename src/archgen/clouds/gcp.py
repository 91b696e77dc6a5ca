"""Google Cloud: folders and projects, and global networks with regional subnets, Cloud NAT and Private Service Connect."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from archgen.model.base import IDENTIFYING, Address, Cidr, Entity, Id, Line, Listed, Text, TierId
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
    SecondaryRange,
)

# https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects: 6 to 30, lower case, starts with a letter.
ProjectId = Annotated[
    str,
    matching(
        r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
        "the ID of a Google Cloud project: 6 to 30 lowercase letters, digits and hyphens that begin with a letter",
    ),
]


class GcpHome(Home):
    """Where an environment is on Google Cloud."""

    key: ClassVar[str] = "project"
    project: Annotated[ProjectId, IDENTIFYING]
    """The project; an ID from `organization.gcp.projects`."""
    cidr: Cidr | None = None
    """The address range that contains all its subnets; a Google Cloud network itself has no range."""


class GcpFolder(Entity):
    """A folder directly under the organization."""

    name: Line
    purpose: Text | None = None


class GcpProject(Entity):
    """A Google Cloud project."""

    name: Line | None = None
    folder: Id | None = None
    """The folder that contains it; an ID from `organization.gcp.folders`, by default directly under the organization."""
    purpose: Text | None = None


class GcpOrganization(CloudOrganization):
    """The folders and projects of a Google Cloud organization."""

    key: ClassVar[str] = "projects"
    says_workloads: ClassVar[bool] = False
    organization_id: (
        Annotated[
            str,
            matching(r"^[0-9]{6,20}$", "the number of a Google Cloud organization, which has 6 to 20 digits"),
            IDENTIFYING,
        ]
        | None
    ) = None
    """The organization's number, in quotes."""
    billing_account: (
        Annotated[
            str,
            matching(r"^([0-9A-F]{6}-){2}[0-9A-F]{6}$", "a billing account such as 012345-6789AB-CDEF01"),
            IDENTIFYING,
        ]
        | None
    ) = None
    """The billing account, such as 012345-6789AB-CDEF01."""
    folders: dict[Id, GcpFolder] = {}
    projects: Annotated[dict[ProjectId, GcpProject], IDENTIFYING]
    reasons: Listed[Text] = ()

    def all_homes(self) -> Mapping[str, OrganizationHome]:
        """The projects by ID."""
        return {
            id_: OrganizationHome(project.name or id_, folder=project.folder, purpose=project.purpose)
            for id_, project in self.projects.items()
        }

    def all_folders(self) -> Mapping[str, OrganizationFolder]:
        """The folders by ID."""
        return {id_: OrganizationFolder(folder.name) for id_, folder in self.folders.items()}

    def why(self) -> tuple[str, ...]:
        """Why it is organized this way."""
        return self.reasons

    def references(self) -> Iterator[CloudReference]:
        """The references to folders."""
        for id_, project in self.projects.items():
            if project.folder:
                yield CloudReference(("projects", id_, "folder"), project.folder, tuple(self.folders), "folder")


class PrivateServiceConnect(Entity):
    """One private address for Google's APIs."""

    target: Literal["all-apis", "vpc-sc"] = "all-apis"
    address: Address


class GcpNetwork(NetworkFacts):
    """Settings that only a Google Cloud network has."""

    cloud_nat: bool = True
    private_service_connect: PrivateServiceConnect | None = None
    private_services_tier: TierId | None = None
    """The tier whose range is given to Google's managed services (Cloud SQL, Memorystore) through private services access."""
    proxy_tier: TierId | None = None
    """The tier with the proxy-only subnet for regional load balancers."""
    secondary_ranges: dict[Id, SecondaryRange] = {}
    """Alias IP ranges of the tier that contains the nodes."""
    secondary_ranges_tier: TierId | None = None

    def exits(self) -> Iterator[NetworkGateway]:
        """Cloud NAT, and the private address of Google's APIs."""
        if self.cloud_nat:
            yield NetworkGateway("nat", "cloud-nat", "egress for the region", "internet")
        if connect := self.private_service_connect:
            note = f"Google APIs {connect.address}"
            yield NetworkGateway("private-service-connect", "private-service-connect", note, "services")

    def way_out(self) -> str:
        """Cloud NAT has no gateway behind it: https://docs.cloud.google.com/nat/docs/overview."""
        return "Cloud NAT sends traffic on to the internet." if self.cloud_nat else ""

    def alias_ranges(self) -> Mapping[str, SecondaryRange]:
        """The secondary ranges by name."""
        return self.secondary_ranges

    def only_reserves(self, tier: str) -> bool:
        """Whether the tier is the range for Google's managed services."""
        return tier == self.private_services_tier

    def references(self, tiers: tuple[str, ...]) -> Iterator[CloudReference]:
        """The references to tiers."""
        for key in ("private_services_tier", "proxy_tier", "secondary_ranges_tier"):
            if tier := getattr(self, key):
                yield CloudReference((key,), tier, tiers, "tier")


CLASSES = CloudClasses(GcpHome, GcpOrganization, GcpNetwork)
