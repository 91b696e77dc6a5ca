"""The shape of architecture.yaml at one coordinate, as frozen classes; components are validated by the class of their kind."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field

from archgen.catalog.cloud_facts import CloudFacts
from archgen.model.base import (
    IDENTIFYING,
    ComponentId,
    Date,
    Entity,
    Id,
    Identifier,
    Line,
    Listed,
    Naming,
    NetworkId,
    PhaseId,
    Region,
    ResourceName,
    TeamId,
    Text,
    TierId,
    WebAddress,
    Zone,
)
from archgen.model.calls import Calls
from archgen.model.kept_schemas import name_made
from archgen.model.operations import CostItem, Flow, Image, ObservabilityFacts
from archgen.model.own import OwnKind, OwnProduct
from archgen.model.own_clouds import DeclaredCloud
from archgen.model.patterns import matching
from archgen.model.per_cloud import (
    CloudClasses,
    CloudOrganization,
    Home,
    NetworkFacts,
    cloud_classes,
    is_reserved,
    side_of,
    with_sides,
)
from archgen.model.places import FurtherNetwork, NetworkTier, Site
from archgen.model.policy import RuleCode, RulesFacts
from archgen.model.regions import FurtherRegion
from archgen.model.sources import FontPath, SourceDocument
from archgen.model.stacks import Terraform
from archgen.model.views import DeclaredView


class Summary(Entity):
    """What the architecture is, for the home page."""

    tagline: Line
    """What is being built, in one line."""
    text: Text
    """The summary, in a few sentences."""
    goals: Listed[Text] = ()
    """What the architecture is for, one goal per item."""


class Team(Entity):
    """A team that owns parts of the architecture."""

    name: Line
    contact: Annotated[Line, IDENTIFYING] | None = None
    """How to reach the team: an address, a channel, a rota."""


class Cloud(Entity):
    """A cloud that the architecture can run on."""

    facts: DeclaredCloud | None = None
    """The facts of a cloud that archgen does not know; they declare it."""
    role: Literal["primary", "ready"] = "primary"
    """`primary`: runs today. `ready`: kept equivalent, so that a move stays possible."""
    region: Region
    recovery_region: Region | None = None
    """The region to recover in if the region is lost; the same as a region `recovery` under `regions`."""
    availability_zones: Annotated[Listed[Zone], Field(max_length=6)] = ()
    """The zones in use, in the order of diagrams and subnets; not needed without a network."""
    regions: dict[Id, FurtherRegion] = {}
    """Further regions; components say with `regions` that they are in them."""
    reasons: Listed[Text] = ()
    """Why this cloud has its role."""


class PromiseLink(Entity):
    """The parts of the model that implement something that a phase brings."""

    says: Text
    """Words that occur in exactly one item of `brings`."""
    at: Listed[Line] = ()
    """Paths of the parts of the model that implement it; left out if nothing does yet."""
    because: Text | None = None
    """Why nothing implements it yet, or a remark about it."""


class Phase(Entity):
    """A growth stage. Phases are ordered and cumulative: a phase includes everything that earlier ones bring."""

    name: Line
    summary: Text | None = None
    brings: Listed[Text] = ()
    """What changes when it begins."""
    built_by: Listed[PromiseLink] = ()
    """What implements these changes. The roadmap shows an item of `brings` that no entry quotes as not linked to the model."""
    entered_when: Text | None = None
    """What must be true before it begins."""


class Environment(Entity):
    """One environment, with the phase that it is in today."""

    name: Line
    purpose: Text | None = None
    phase: PhaseId | None = None
    """The phase that it is in today; an ID from `phases`, by default the first."""
    production: bool = False
    """Whether it serves customers, so that rules about production apply to it."""
    monthly_budget_usd: Annotated[int, Field(ge=1)] | None = None
    """The monthly budget in US dollars; an alert is sent before it is spent."""

    def on(self, cloud: str) -> Home | None:
        """Where it is on a cloud; None if it is not on it."""
        return side_of(self, cloud, Home)


class Organization(Entity):
    """What contains environments on each cloud, and how that is organized."""

    def on(self, cloud: str) -> CloudOrganization | None:
        """The organization on a cloud; None if the model does not state it."""
        return side_of(self, cloud, CloudOrganization)


class Tier(NetworkTier):
    """A network tier: one subnet in each zone or one for the region, as the cloud has them."""

    prefix_length: Annotated[int, Field(ge=16, le=28)]
    """The size of each subnet: 24 for a /24."""
    netnum: Annotated[int, Field(ge=0)] = 0
    """The number of the first subnet of that size in the range, as in Terraform's cidrsubnet(); other zones get the numbers after it."""


class Segment(Entity):
    """A part of the network that overview diagrams show as one box."""

    name: Line
    tiers: Annotated[Listed[TierId], Field(min_length=1)]
    drawn_only: bool = False
    """Whether it is a box of the high-level view and not a network, even if its name says so."""
    also: Listed[ComponentId] = ()
    """Components that the high-level view shows in it although they are elsewhere."""
    calls: Calls = {}
    """Lines from the whole segment, which are drawn in the high-level view only."""


class FlowLogs(Entity):
    """Flow logs of the network: which addresses communicated."""

    retention_days: Annotated[int, Field(ge=1, le=3653)]
    """How many days they are kept."""


class Network(Entity):
    """The network of every environment."""

    name: ResourceName = "network"
    """The name of its cloud resources, inserted into `naming`."""
    identifier: Identifier | None = None
    """The literal name of its cloud resources, if `naming` does not describe it."""
    tiers: dict[Id, Tier]
    segments: dict[Id, Segment] = {}
    routed_by: ComponentId | None = None
    """What forwards traffic between the links of this network, such as a firewall. Without it, the network leads nowhere else."""
    internet_through: NetworkId | None = None
    """The further network through which its outbound traffic reaches the internet, such as a hub with a firewall."""
    flow_logs: FlowLogs | None = None
    """Flow logs of the network; none if left out."""

    def on(self, cloud: str) -> NetworkFacts:
        """The settings that the network has on a cloud only."""
        return side_of(self, cloud, NetworkFacts) or NetworkFacts()


class CapabilitySide(Entity):
    """How one cloud provides a capability."""

    text: Text
    """The text of the cell in the parity table."""
    products: Annotated[Listed[Id], Field(min_length=1)]
    """The products that the text names."""
    later: Listed[Id] = ()
    """Products that are added in a later phase, so that the text does not mention them."""
    met_by: Listed[Line] = ()
    """Paths of other parts of the model that provide it, if no component does or a component does so only in part."""


class Capability(Entity):
    """A capability that the architecture needs, independent of any cloud: one row of the parity table."""

    name: Line
    status: Literal["equivalent", "partial", "gap", "not-needed"]
    """`not-needed`: a cloud for which nothing is given does not need it."""
    note: Text | None = None
    """Why it is not equivalent, or not needed."""
    differences: dict[Literal["limits", "units", "behavior", "cost"], Text] = {}
    """Differences between the clouds that matter, by topic."""
    migration: Text | None = None
    """What it takes to move it from one cloud to the other."""
    owner: TeamId | None = None
    """The team that compares the clouds; an ID from `teams`."""
    proposed: Listed[Id] = ()
    """Clouds for which this row is a proposal that no person has confirmed yet. `archgen parity suggest --write` adds them."""

    def on(self, cloud: str) -> CapabilitySide | None:
        """How a cloud provides it; None if the model does not say."""
        return side_of(self, cloud, CapabilitySide)


class RunbookFacts(Entity):
    """The facts about a runbook that depend on this architecture; its text is a template."""

    component: ComponentId
    """The component that it is about."""
    also: Listed[ComponentId] = ()
    """Other components that it covers."""
    owner: TeamId
    """The team that maintains it; an ID from `teams`."""
    escalation: Listed[TeamId] = ()
    """Teams to call next, in order."""
    rto_minutes: Annotated[int, Field(ge=0)] | None = None
    """The recovery time objective, in minutes."""
    rpo_minutes: Annotated[int, Field(ge=0)] | None = None
    """The recovery point objective, in minutes; 0 if no committed data may be lost."""
    drill_every_days: Annotated[int, Field(ge=1, le=1100)] | None = None
    """How often it is tested, in days."""
    last_tested: Date | None = None
    """The date of the last drill, in quotes."""
    tested_by: Line | None = None
    """Who did the last drill."""
    took_minutes: Annotated[int, Field(ge=1)] | None = None
    """How long the last drill took, in minutes."""
    result: Text | None = None
    """The outcome of the last drill."""
    next_drill: Date | None = None
    """The date of the next drill, in quotes, if it is not `drill_every_days` after the last one."""

    @property
    def due(self) -> str | None:
        """The ISO date by which it must be tested again; None if that is unknown."""
        if self.next_drill or not (self.last_tested and self.drill_every_days):
            return self.next_drill
        return (date.fromisoformat(self.last_tested) + timedelta(days=self.drill_every_days)).isoformat()


class ControlSide(Entity):
    """How one cloud implements a control."""

    text: Text
    products: Listed[Id] = ()
    """The products that implement it."""


class Control(Entity):
    """A security or compliance statement."""

    title: Line
    area: Literal["identity", "perimeter", "secrets", "encryption", "kubernetes", "audit", "data"]
    statement: Text
    """What must be true."""
    proven_by: Listed[Line] = ()
    """Paths of the parts of the model that implement it."""
    checked_by: Listed[RuleCode] = ()
    """The rules that would report a violation."""

    def on(self, cloud: str) -> ControlSide | None:
        """How a cloud implements it; None if the model does not say."""
        return side_of(self, cloud, ControlSide)


class Decision(Entity):
    """A decision that shaped the architecture, or that is still open."""

    title: Line
    status: Literal["chosen", "optional", "deferred"]
    """`chosen`: in effect. `optional`: may be added at any time. `deferred`: postponed until something changes."""
    choice: Text
    """What was chosen."""
    alternatives: Listed[Text] = ()
    """The alternatives that were considered."""
    reasons: Listed[Text] = ()
    reopen_when: Text | None = None
    """What would reopen the decision."""
    about: Listed[Line] = ()
    """Paths of the parts of the model that it is about, such as components.database.backup."""
    source: Line | None = None
    """Where the design document discusses it, such as the number of a section."""


Settings = dict[str, Any]


class Defaults(Entity):
    """Settings that components have unless they state them."""

    kinds: dict[Id, Settings] = {}
    """Settings of all components of a kind."""
    runtimes: dict[ComponentId, Settings] = {}
    """Settings of all components that run on a component."""
    tags: dict[Id, Settings] = {}
    """Settings of all components with a tag."""


class Document(Entity):
    """A complete architecture.yaml at one coordinate."""

    version: Literal[1, 2]
    """The version of this format. Version 2 refuses the words that only version 1 has."""
    name: Line
    """The name of the architecture."""
    project: ResourceName = "main"
    """The value of {project} in `naming`."""
    naming: Naming = "{project}-{environment}-{component}"
    """The pattern for names of cloud resources. Two equal names of one product in one account or project are an error."""
    kinds: dict[Id, OwnKind] = {}
    """Kinds of components that archgen does not know."""
    products: dict[Id, OwnProduct] = {}
    """Products that archgen's catalog does not have."""
    defaults: Defaults = Defaults()
    """Settings for many components: of a kind, on a runtime, or with a tag. What a component states itself wins."""
    repository: Annotated[WebAddress, IDENTIFYING] | None = None
    """The address of the repository, for links that edit the model."""
    branch: Annotated[str, matching(r"^[A-Za-z0-9._/-]+$", "the name of a branch such as main")] = "main"
    """The branch that those links edit."""
    summary: Summary | None = None
    teams: dict[Id, Team] = {}
    clouds: Annotated[dict[Id, Cloud], Field(min_length=1)]
    phases: dict[Id, Phase] = {}
    """Growth stages, in their order."""
    environments: Annotated[dict[Id, Environment], Field(min_length=1)]
    """The environments in the order of promotion; the last one is the default."""
    organization: Organization | None = None
    network: Network | None = None
    networks: dict[Id, FurtherNetwork] = {}
    """Networks in addition to those of the environments, such as one for shared services."""
    sites: dict[Id, Site] = {}
    """Places outside the cloud: data centers, offices, partners, providers of software as a service."""
    capabilities: dict[Id, Capability] = {}
    components: dict[Id, Any]
    """The parts of the architecture; the keys of each component depend on its kind."""
    fonts: Annotated[Listed[FontPath], Field(max_length=8)] = ()
    """Font files in the model's folder, for characters in PNG and PDF that archgen's font lacks; the first that has one is used."""
    views: dict[Id, DeclaredView] = {}
    """Additional diagrams that this project defines."""
    flows: dict[Id, Flow] = {}
    """Sequences of steps along connections, such as the life of a request or of a deployment."""
    images: dict[Id, Image] = {}
    """The container images and bundles that CI builds."""
    observability: ObservabilityFacts = ObservabilityFacts()
    runbooks: dict[Id, RunbookFacts] = {}
    terraform: Terraform | None = None
    controls: dict[Id, Control] = {}
    """Security and compliance controls, and how each cloud implements them."""
    costs: dict[Id, CostItem] = {}
    """Cost traps, and ways to spend less."""
    rules: RulesFacts = RulesFacts()
    """How this model is checked: severities, waivers and rules of this project."""
    decisions: dict[Id, Decision] = {}
    """Decisions with their alternatives, and what would reopen them."""
    glossary: dict[
        Annotated[str, matching(r"^[^\s:*\[\]][^:*\[\]]{0,59}$", "a term of at most 60 characters without : * [ ]")],
        Text,
    ] = {}
    """Terms of this project that a new colleague would ask about, with their definitions."""
    sources: dict[Id, SourceDocument] = {}
    """Design documents, and the part of the model that holds each of their statements."""


# The classes with an entry for each cloud.
_SIDED = (Environment, Organization, Network, Capability, Control)


def document_for(clouds: Mapping[str, CloudClasses]) -> type[Document]:
    """The class of a model that may use these clouds: Document, whose parts have a field for each of them.

    Models with the same clouds share a class, which takes time to make.
    """
    return _document_for(tuple(clouds.items()))


@lru_cache(maxsize=16)
def _document_for(pairs: tuple[tuple[str, CloudClasses], ...]) -> type[Document]:
    from pydantic import create_model

    clouds = dict(pairs)
    environment = with_sides(Environment, {cloud: classes.home for cloud, classes in clouds.items()})
    organization = with_sides(Organization, {cloud: classes.organization for cloud, classes in clouds.items()})
    network = with_sides(Network, {cloud: classes.network for cloud, classes in clouds.items()}, default=True)
    capability = with_sides(Capability, dict.fromkeys(clouds, CapabilitySide))
    control = with_sides(Control, dict.fromkeys(clouds, ControlSide))
    fields: dict[str, Any] = {
        "environments": (Annotated[dict[Id, environment], Field(min_length=1)], ...),  # type: ignore[valid-type]
        "organization": (organization | None, None),
        "network": (network | None, None),
        "capabilities": (dict[Id, capability], {}),  # type: ignore[valid-type]
        "controls": (dict[Id, control], {}),  # type: ignore[valid-type]
    }
    made = create_model("Document", __base__=Document, __module__=__name__, __doc__=Document.__doc__, **fields)
    of = (environment, organization, network, capability, control)
    name_made(made, dict(zip(fields, of, strict=True)), Document)
    return made


def reserved_cloud_id(cloud: str) -> bool:
    """Whether a cloud cannot have this ID, because a part of the model with an entry for each cloud has a key of that name."""
    return is_reserved(cloud, _SIDED)


def homes_by_word(document: Document, clouds: Mapping[str, CloudFacts]) -> Mapping[str, tuple[str, ...]]:
    """The IDs of homes that the model declares on these clouds, by the key that names one: `account`, `project`, `subscription`."""
    by_word: dict[str, tuple[str, ...]] = {}
    for cloud, facts in clouds.items():
        word = cloud_classes()[facts.base].home.key
        here = document.organization.on(cloud) if document.organization else None
        by_word[word] = (*by_word.get(word, ()), *(here.all_homes() if here else ()))
    return by_word
