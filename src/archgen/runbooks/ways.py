"""How people get into an environment: sign-in and roles, the cluster, the database, consoles. What the model does not state is a lack."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from urllib.parse import quote

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.postgresql import Postgresql
from archgen.kinds.remote_access import RemoteAccess
from archgen.kinds.single_sign_on import EmergencyAccess, SignInRole, SignInRoles, SingleSignOn
from archgen.model.architecture import Architecture
from archgen.model.operations import Dashboard
from archgen.records import dataclass

# The kinds of work that roles are for.
DUTIES = tuple(SignInRoles.model_fields)


@dataclass(frozen=True, slots=True)
class WayRole:
    """A role that people sign in with: `profile` names it on people's computers, `home` and `account` are where it acts.

    `elsewhere` says that this is not the account or project of the environment.
    """

    duty: str
    name: str
    may: str
    group: str | None
    on_request: bool
    profile: str
    home: str
    home_title: str
    account: str | None
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class WayIn:
    """A component of the kind remote-access: `product` is an ID of the catalog, and `machine` the name of what sessions end on."""

    id: str
    title: str
    product: str | None
    form: str | None
    machine: str
    how: str | None
    prepared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WayEmergency:
    """What works while sign-on is down, with the account or project of the emergency users."""

    stated: EmergencyAccess
    account: str | None
    home_title: str


class Ways:
    """The ways into the environment of an architecture, as `ways` in templates of steps."""

    def __init__(self, architecture: Architecture) -> None:
        self._a = architecture

    @cached_property
    def sign_on(self) -> SingleSignOn | None:
        """The component with which people sign in; None if the model has none."""
        return next((component for _name, component in self._a.of_kind(SingleSignOn)), None)

    @property
    def session(self) -> str:
        """The name of the sign-in session on people's computers."""
        return (self.sign_on.session if self.sign_on else None) or self._a.document.project

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the model does not state about signing in, as phrases; empty if it states enough."""
        return tuple(self._lacks())

    def _lacks(self) -> Iterator[str]:
        if self.sign_on is None:
            yield "a component of the kind `single-sign-on`"
            return
        if not self.sign_on.portal:
            yield "the `portal` of single sign-on"
        if self.role("read") is None:
            yield "the role for the duty `read`"

    def role(self, duty: str) -> WayRole | None:
        """The role for a kind of work; None if the model states none."""
        role = getattr(self.sign_on.roles, duty, None) if self.sign_on else None
        return self._filled(duty, role) if isinstance(role, SignInRole) else None

    def profiles(self, duty: str) -> list[WayRole]:
        """The roles in the environment for work of this kind, that for reading first; only in an account with a stated number."""
        roles = [self.role(name) for name in dict.fromkeys(("read", duty))]
        return [role for role in roles if role and role.account and not role.elsewhere]

    def _filled(self, duty: str, role: SignInRole) -> WayRole:
        a = self._a
        home = role.home or a.home
        place = a.coordinate.environment if home == a.home else home
        profile = f"{a.document.project}-{place}-{duty}"
        title, account = a.homes.get(home, home), a.number_of(home)
        elsewhere = home != a.home
        return WayRole(duty, role.name, role.may, role.group, role.on_request, profile, home, title, account, elsewhere)

    @property
    def emergency(self) -> WayEmergency | None:
        """What works while sign-on is down; None if the model does not state it."""
        stated = self.sign_on.emergency if self.sign_on else None
        if stated is None:
            return None
        home = stated.home or self._a.home
        return WayEmergency(stated, self._a.number_of(home), self._a.homes.get(home, home))

    @property
    def organization_id(self) -> str | None:
        """The number of the organization; None if the cloud has none, or if the model does not state it."""
        organization = self._a.document.organization
        stated = organization.on(self._a.coordinate.cloud) if organization else None
        value = getattr(stated, "organization_id", None)
        return value if isinstance(value, str) else None

    @property
    def private_cluster(self) -> bool:
        """Whether the API server of the cluster can only be reached from inside the network."""
        return any(cluster.endpoint == "private" for _name, cluster in self._a.of_kind(KubernetesCluster))

    @property
    def private_database(self) -> bool:
        """Whether the first database is in a tier that the internet does not reach."""
        found = (self._a.internet_of(database) for _name, database in self._a.of_kind(Postgresql))
        return next(found, None) in ("outbound", "none")

    @cached_property
    def to_cluster(self) -> WayIn | None:
        """The way in that leads to the first cluster; None if the model states none."""
        return next((self._way_to(name) for name, _cluster in self._a.of_kind(KubernetesCluster)), None)

    @cached_property
    def to_database(self) -> WayIn | None:
        """The way in that leads to the first database; None if the model states none."""
        return next((self._way_to(name) for name, _database in self._a.of_kind(Postgresql)), None)

    def _way_to(self, name: str) -> WayIn | None:
        callers = [connection.tail for connection in self._a.traffic_to(name)]
        for id_, way in self._a.of_kind(RemoteAccess):
            if id_ in callers:
                machine = way.instance or self._a.identifier(id_)
                return WayIn(id_, way.title, way.product, way.form, machine, way.how, way.prepared)
        return None

    def console(self, duty: str = "read") -> str | None:
        """The address at which people open the cloud's console with a role; None if the model, or the cloud's facts, do not say it."""
        role = self.role(duty)
        known = {
            "portal": self.sign_on.portal.rstrip("/") if self.sign_on and self.sign_on.portal else None,
            "account": quote(role.account or "") if role else None,
            "role": quote(role.name, safe="") if role else None,
            "home": quote(role.home if role else self._a.home, safe=""),
        }
        address = self._a.facts.console
        for name, value in known.items():
            if f"{{{name}}}" in address and not value:
                return None
            address = address.replace(f"{{{name}}}", value or "")
        return address or None


def dashboard_address(a: Architecture, dashboard: Dashboard) -> str | None:
    """The address of a dashboard in an environment; None if it needs something that the model does not state."""
    component = dashboard.component if dashboard.component in a.components else None
    known = {
        "project": a.document.project,
        "environment": a.coordinate.environment,
        "region": a.cloud.region,
        "home": a.home,
        "account": a.home_number,
        "name": a.identifier(component) if component else None,
    }
    address = dashboard.address
    for name, value in known.items():
        if f"{{{name}}}" in address and not value:
            return None
        address = address.replace(f"{{{name}}}", quote(value or "", safe=""))
    return address
