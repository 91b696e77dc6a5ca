"""The shape of architecture.yaml at one coordinate, as frozen classes; components are read by their kind."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from archgen.model.base import (
    IDENTIFYING,
    AccountId,
    AccountRef,
    Address,
    Cidr,
    ComponentId,
    Date,
    Entity,
    Id,
    Line,
    Listed,
    Naming,
    OwnFolder,
    PhaseId,
    ProjectId,
    Region,
    ResourceName,
    StackFolder,
    StackId,
    TeamId,
    Text,
    TierId,
    WebAddress,
    Zone,
)
from archgen.model.calls import Calls
from archgen.model.operations import CostItem, Flow, Image, ObservabilityFacts
from archgen.model.own import OwnKind, OwnProduct
from archgen.model.patterns import matching
from archgen.model.policy import RuleCode, RulesFacts
from archgen.model.sources import FontPath, SourceDocument
from archgen.model.views import DeclaredView


class Summary(Entity):
    """What the architecture is, for the home page."""

    tagline: Line
    """One line: what is built."""
    text: Text
    """The summary, in a few sentences."""
    goals: Listed[Text] = ()
    """What the architecture is for, one goal an item."""


class Team(Entity):
    """Who owns things."""

    name: Line
    contact: Annotated[Line, IDENTIFYING] | None = None
    """Where to reach them: an address, a channel, a rota."""


class Cloud(Entity):
    """A cloud that the architecture can live on."""

    role: Literal["primary", "ready"] = "primary"
    """`primary`: what runs today. `ready`: kept equivalent, so that a move stays possible."""
    region: Region
    recovery_region: Region | None = None
    """Where recovery would happen if the region is lost."""
    availability_zones: Annotated[Listed[Zone], Field(min_length=1, max_length=6)]
    """The zones in use, in the order in which diagrams and subnets take them."""
    reasons: Listed[Text] = ()
    """Why this cloud has its role."""


class Phase(Entity):
    """A growth stage. Stages are ordered and cumulative: what a phase brings stays."""

    name: Line
    summary: Text | None = None
    brings: Listed[Text] = ()
    """What changes on entering it."""
    entered_when: Text | None = None
    """What must be true before it is entered."""


class AwsHome(Entity):
    """Where an environment lives on AWS."""

    account: AccountRef
    """An account of `organization.aws.accounts`."""
    cidr: Cidr
    """The range of its VPC."""


class GcpHome(Entity):
    """Where an environment lives on Google Cloud."""

    project: Annotated[ProjectId, IDENTIFYING]
    """A project of `organization.gcp.projects`."""
    cidr: Cidr
    """The range that all its subnets lie in; a Google Cloud network has no range of its own."""


class Environment(Entity):
    """One environment. Its phase says where it stands today."""

    name: Line
    purpose: Text | None = None
    phase: PhaseId | None = None
    """A phase of `phases`; the first one when left out."""
    production: bool = False
    """Whether it serves customers: rules about production hold for it."""
    monthly_budget_usd: Annotated[int, Field(ge=1)] | None = None
    """What it may cost a month; somebody is told before that is reached."""
    aws: AwsHome | None = None
    gcp: GcpHome | None = None


class AwsAccount(Entity):
    """An AWS account."""

    name: Line
    id: AccountId | None = None
    """Twelve digits, in quotes."""
    purpose: Text | None = None
    workloads: bool = True
    """False for an account that must never run any."""


class AwsOrganization(Entity):
    """The accounts under AWS Organizations."""

    accounts: dict[Id, AwsAccount]
    reasons: Listed[Text] = ()
    """Why it is split this way."""


class GcpFolder(Entity):
    """A folder directly under the organisation."""

    name: Line
    purpose: Text | None = None


class GcpProject(Entity):
    """A Google Cloud project."""

    name: Line | None = None
    folder: Id | None = None
    """A folder of `organization.gcp.folders`; directly under the organisation when left out."""
    purpose: Text | None = None


class GcpOrganization(Entity):
    """The folders and projects of a Google Cloud organisation."""

    organization_id: (
        Annotated[
            str,
            matching(r"^[0-9]{6,20}$", "the number of a Google Cloud organization, which has 6 to 20 digits"),
            IDENTIFYING,
        ]
        | None
    ) = None
    """The organisation's number, in quotes."""
    billing_account: (
        Annotated[
            str,
            matching(r"^([0-9A-F]{6}-){2}[0-9A-F]{6}$", "a billing account such as 012345-6789AB-CDEF01"),
            IDENTIFYING,
        ]
        | None
    ) = None
    """The account that pays, such as 012345-6789AB-CDEF01."""
    folders: dict[Id, GcpFolder] = {}
    projects: Annotated[dict[ProjectId, GcpProject], IDENTIFYING]
    reasons: Listed[Text] = ()


class Organization(Entity):
    """Accounts, folders and projects."""

    aws: AwsOrganization | None = None
    gcp: GcpOrganization | None = None


class Tier(Entity):
    """A network tier: one subnet for each zone, or one for the region, as the cloud has it."""

    name: Line
    purpose: Text | None = None
    internet: Literal["both", "outbound", "none"] = "none"
    """`both`: reachable from the internet. `outbound`: reaches it through NAT. `none`: neither."""
    prefix_length: Annotated[int, Field(ge=16, le=28)]
    """Size of each subnet: 24 for a /24."""
    netnum: Annotated[int, Field(ge=0)] = 0
    """Number of the first subnet among all of that size in the range, as in Terraform's cidrsubnet(); further zones follow."""


class Segment(Entity):
    """A part of the network that high-level diagrams show as one box."""

    name: Line
    tiers: Annotated[Listed[TierId], Field(min_length=1)]
    calls: Calls = {}
    """What everything in the segment calls."""


class AwsNetwork(Entity):
    """What only a VPC has."""

    nat_gateways: Literal["per-zone", "single", "none"] = "per-zone"
    endpoints: Listed[Id] = ()
    """VPC endpoints, by their catalog ids."""
    internet_gateway: bool = True
    network_acls: Literal["default", "stateless-deny"] = "default"
    """Whether subnets have stateless rules beside security groups."""


class SecondaryRange(Entity):
    """An alias range of a subnet."""

    prefix_length: Annotated[int, Field(ge=9, le=28)]
    netnum: Annotated[int, Field(ge=0)] = 0


class PrivateServiceConnect(Entity):
    """One private address for Google's APIs."""

    target: Literal["all-apis", "vpc-sc"] = "all-apis"
    address: Address


class GcpNetwork(Entity):
    """What only a Google Cloud network has."""

    cloud_nat: bool = True
    private_service_connect: PrivateServiceConnect | None = None
    private_services_tier: TierId | None = None
    """The tier whose range is handed to Google's managed services (Cloud SQL, Memorystore) by private services access."""
    proxy_tier: TierId | None = None
    """The tier whose subnet is for the proxies of regional load balancers."""
    secondary_ranges: dict[Id, SecondaryRange] = {}
    """Alias ranges of the tier that nodes are in."""
    secondary_ranges_tier: TierId | None = None


class FlowLogs(Entity):
    """Records of which addresses spoke to which."""

    retention_days: Annotated[int, Field(ge=1, le=3653)]
    """How long they can be searched."""


class Network(Entity):
    """The network of every environment."""

    name: ResourceName = "network"
    """The name its resources carry."""
    tiers: dict[Id, Tier]
    segments: dict[Id, Segment] = {}
    flow_logs: FlowLogs | None = None
    """Records of the network's traffic; none without it."""
    aws: AwsNetwork = AwsNetwork()
    gcp: GcpNetwork = GcpNetwork()


class CapabilitySide(Entity):
    """How one cloud meets a capability."""

    text: Text
    """The cell of the parity table, as people word it."""
    products: Annotated[Listed[Id], Field(min_length=1)]
    """The products that the text names."""
    later: Listed[Id] = ()
    """Products that only a later phase brings, so that the text does not name them."""
    met_by: Listed[Line] = ()
    """The parts of the model that meet it where no component does, or not alone, as paths."""


class Capability(Entity):
    """A need that does not know any cloud: one row of the parity table."""

    name: Line
    aws: CapabilitySide | None = None
    gcp: CapabilitySide | None = None
    status: Literal["equivalent", "partial", "gap", "not-needed"]
    """`not-needed`: a cloud that says nothing needs nothing."""
    note: Text | None = None
    """Why it is not equivalent, or not needed."""
    differences: dict[Literal["limits", "units", "behaviour", "cost"], Text] = {}
    """What differs between the clouds and matters, by what it is about."""
    migration: Text | None = None
    """What moving it from one cloud to the other takes."""
    owner: TeamId | None = None
    """The team that compares both sides; a team of `teams`."""


class RunbookFacts(Entity):
    """What is true of a runbook in this architecture; its text is a template."""

    component: ComponentId
    """The component that it is about."""
    also: Listed[ComponentId] = ()
    """Further components that it covers."""
    owner: TeamId
    """A team of `teams`."""
    escalation: Listed[TeamId] = ()
    """Teams to call next, in order."""
    rto_minutes: Annotated[int, Field(ge=0)] | None = None
    """Recovery time objective."""
    rpo_minutes: Annotated[int, Field(ge=0)] | None = None
    """Recovery point objective; 0 where no committed data may be lost."""
    drill_every_days: Annotated[int, Field(ge=1, le=1100)] | None = None
    """How often it is practised."""
    last_tested: Date | None = None
    """Date of the last drill, in quotes."""
    tested_by: Line | None = None
    """Who did it."""
    result: Text | None = None
    """What came of it."""
    next_drill: Date | None = None
    """Date of the next drill, in quotes, where it is not `drill_every_days` after the last one."""

    @property
    def due(self) -> str | None:
        """The date by which it must be practised again, as far as that is known."""
        if self.next_drill or not (self.last_tested and self.drill_every_days):
            return self.next_drill
        return (date.fromisoformat(self.last_tested) + timedelta(days=self.drill_every_days)).isoformat()


VariableName = Annotated[
    str, matching(r"^[A-Za-z_][A-Za-z0-9_-]*$", "the name of a Terraform variable such as instance_class")
]


class StackInput(Entity):
    """The value of a variable that a team's own code declares: an expression over the model, or a value as it is."""

    expression: Text | None = None
    """A Jinja expression over the facts that bindings use, such as `cidr` or `components.database.backup.retention_days`."""
    value: str | int | float | bool | Listed[str] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.expression is None) == (self.value is None):
            raise ValueError("an input has either an `expression` or a `value`")
        return self


class Stack(Entity):
    """One Terraform root."""

    purpose: Text
    modules: Listed[Id] = ()
    """The modules that it calls, by the ids of archgen's bindings."""
    contents: Listed[Text] = ()
    """What it builds, for people."""
    after: Listed[StackId] = ()
    """The stacks that must be applied before it."""
    directory: OwnFolder | None = None
    """The folder of code that a team has written itself, with {cloud} where there is one for each: its variables are read, not made."""
    inputs: dict[VariableName, StackInput] = {}
    """The values of that code's variables."""


class Terraform(Entity):
    """Where variable files go, and which there are."""

    path: StackFolder = "infra/{cloud}/{stack}"
    """The folder of a stack, with {cloud} and {stack} in it."""
    format: Literal["json", "hcl"] = "json"
    """How values are written. In JSON nothing is ever evaluated; HCL has the model's line beside each value."""
    stacks: dict[StackId, Stack]

    def folder(self, cloud: str, stack: str) -> str:
        """Where the files of a stack lie."""
        return self.path.replace("{cloud}", cloud).replace("{stack}", stack)

    def variable_file(self, cloud: str, environment: str, stack: str) -> str:
        """The file with the values of one environment; in the folder of a team's own code always JSON."""
        own = self.stacks[stack].directory if stack in self.stacks else None
        if own:
            return f"{own.replace('{cloud}', cloud)}/{environment}.tfvars.json"
        return f"{self.folder(cloud, stack)}/{self.values_file(environment)}"

    def values_file(self, environment: str) -> str:
        """What the file with the values of one environment is called, in a folder that archgen makes."""
        return f"{environment}.tfvars{'.json' if self.format == 'json' else ''}"


class ControlSide(Entity):
    """How one cloud meets a control."""

    text: Text
    products: Listed[Id] = ()
    """The products that it is met with."""


class Control(Entity):
    """A security or compliance statement."""

    title: Line
    area: Literal["identity", "perimeter", "secrets", "encryption", "kubernetes", "audit", "data"]
    statement: Text
    """What holds."""
    aws: ControlSide | None = None
    gcp: ControlSide | None = None
    proven_by: Listed[Line] = ()
    """The parts of the model that make it true, as paths."""
    checked_by: Listed[RuleCode] = ()
    """The rules that would speak if it were not true."""


class Decision(Entity):
    """A choice that shaped the architecture, or that is still open."""

    title: Line
    status: Literal["chosen", "optional", "deferred"]
    """`chosen`: it is so. `optional`: may be added at any time. `deferred`: not now, with what would change that."""
    choice: Text
    """What is done today."""
    alternatives: Listed[Text] = ()
    """What else was possible."""
    reasons: Listed[Text] = ()
    reopen_when: Text | None = None
    """What would make it a question again."""
    about: Listed[Line] = ()
    """The parts of the model that it is about, as paths: components.database.backup."""
    source: Line | None = None
    """Where the design speaks of it, such as a section's number."""


class Document(Entity):
    """A whole architecture.yaml at one coordinate."""

    version: Literal[1]
    """The version of this format."""
    name: Line
    """Whose architecture this is."""
    project: ResourceName = "main"
    """Fills {project} in `naming`."""
    naming: Naming = "{project}-{environment}-{component}"
    """How identifiers of real resources are made."""
    kinds: dict[Id, OwnKind] = {}
    """Kinds of components that archgen does not know."""
    products: dict[Id, OwnProduct] = {}
    """Products that archgen's catalog does not have."""
    repository: Annotated[WebAddress, IDENTIFYING] | None = None
    """Address of the repository, for links that edit the model."""
    branch: Annotated[str, matching(r"^[A-Za-z0-9._/-]+$", "the name of a branch such as main")] = "main"
    """The branch that those links edit."""
    summary: Summary | None = None
    teams: dict[Id, Team] = {}
    clouds: Annotated[dict[Literal["aws", "gcp"], Cloud], Field(min_length=1)]
    phases: dict[Id, Phase] = {}
    """Growth stages, in their order."""
    environments: Annotated[dict[Id, Environment], Field(min_length=1)]
    """In the order of promotion; the last one is the default."""
    organization: Organization | None = None
    network: Network | None = None
    capabilities: dict[Id, Capability] = {}
    components: dict[Id, Any]
    """What the architecture is made of; each component's keys depend on its kind."""
    fonts: Annotated[Listed[FontPath], Field(max_length=8)] = ()
    """Font files below the model's folder, for letters of PNG and PDF that archgen's own font lacks; the first that has a letter counts."""
    views: dict[Id, DeclaredView] = {}
    """Pictures of the project's own, beside those that archgen draws of every model."""
    flows: dict[Id, Flow] = {}
    """Walks over connections: the life of a request, of a deployment."""
    images: dict[Id, Image] = {}
    """What CI builds."""
    observability: ObservabilityFacts = ObservabilityFacts()
    runbooks: dict[Id, RunbookFacts] = {}
    terraform: Terraform | None = None
    controls: dict[Id, Control] = {}
    """What must hold for security and compliance, and how each cloud meets it."""
    costs: dict[Id, CostItem] = {}
    """Cost traps, and ways to spend less."""
    rules: RulesFacts = RulesFacts()
    """How this model is checked: severities, waivers, rules of the project's own."""
    decisions: dict[Id, Decision] = {}
    """Choices with their alternatives, and what would reopen them."""
    glossary: dict[
        Annotated[str, matching(r"^[^\s:*\[\]][^:*\[\]]{0,59}$", "a term of at most 60 characters without : * [ ]")],
        Text,
    ] = {}
    """Words of this project that a new colleague asks about, with what they mean."""
    sources: dict[Id, SourceDocument] = {}
    """Design documents, and where each of their statements lives in the model."""
