"""Single sign-on for people."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import IDENTIFYING, Entity, HomeId, Id, Line, Listed, Region, TeamId, Text, WebAddress
from archgen.model.component import Component
from archgen.model.patterns import matching
from archgen.model.traits import Traits

# A name of a role, a group or a user, as any cloud writes it. No character of it is special in a shell.
PrincipalName = Annotated[
    str,
    matching(
        r"^[A-Za-z0-9_][A-Za-z0-9_.@/+=-]*$",
        "the name of a role, a group or a user: use letters, digits and the characters _ . @ / + = -",
        max_length=128,
    ),
]


class SignInRole(Entity):
    """What people sign in with to do one kind of work."""

    name: PrincipalName
    """The name of the permission set or role."""
    may: Text
    """What it permits, in a sentence."""
    group: Annotated[PrincipalName, IDENTIFYING] | None = None
    """The group whose members have it."""
    home: HomeId | None = None
    """The account or project that it is in; by default those of all environments."""
    on_request: bool = False
    """Whether people request it each time, for a limited time; `name` is then the name of the entitlement."""
    cluster_policy: PrincipalName | None = None
    """What it permits in Kubernetes clusters, as a policy that the cloud defines, such as AmazonEKSViewPolicy; nothing by default."""


class SignInRoles(Entity):
    """The role for each kind of work. Runbooks name the kind, and pages show the role."""

    read: SignInRole | None = None
    """For looking, with which every runbook begins."""
    operate: SignInRole | None = None
    """For changes that runbooks make in an environment."""
    recover: SignInRole | None = None
    """For recovery in another region."""
    security: SignInRole | None = None
    """For findings of threat detection, and for the log archive."""
    directory: SignInRole | None = None
    """For the groups of people."""
    emergency: SignInRole | None = None
    """The role of the emergency accounts in each account or project."""


class EmergencyAccess(Entity):
    """What lets people in while sign-on is down. All of it has to be prepared before."""

    accounts: Annotated[Listed[PrincipalName], IDENTIFYING]
    """The names of the users that do not depend on sign-on."""
    home: HomeId | None = None
    """The account or project that these users are in."""
    credentials: Text | None = None
    """Where their passwords are kept, and who holds them."""
    factors: Text | None = None
    """Which second factors they have, and where these are kept."""
    holders: Listed[TeamId] = ()
    """The teams from which two people open it together."""
    prepared: Listed[Text] = ()
    """What must exist and be tested before it is needed."""
    alarm: Text | None = None
    """What notifies whom when one of these users signs in."""


class SingleSignOn(Component):
    """Signs people in through one identity provider and grants their permissions."""

    label = "Single sign-on"
    used_to = "identify"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("SSO", "login")
    alone = True
    identity_provider: Line | None = None
    """The provider that manages the accounts of people."""
    multi_factor: bool = True
    """Whether a second factor is required."""
    break_glass: bool = True
    """Whether emergency roles exist that do not depend on the provider."""
    portal: Annotated[WebAddress, IDENTIFYING] | None = None
    """The address at which people sign in."""
    region: Region | None = None
    """The region that sign-on depends on, if it has one: when that region is lost, only emergency access works."""
    session: Id | None = None
    """The name of the sign-in session on people's computers; by default the `project` of the model."""
    session_hours: Annotated[float, Field(gt=0, le=168, strict=False)] | None = None
    """How long a person stays signed in to a role, in hours."""
    groups_in: Literal["identity-provider", "cloud"] | None = None
    """Where the members of groups are changed. `identity-provider`: it copies users and groups to the cloud, where changes are
    refused or overwritten."""
    roles: SignInRoles = SignInRoles()
    """The roles that people sign in with, by kind of work."""
    emergency: EmergencyAccess | None = None
    """What works when sign-on is down."""
