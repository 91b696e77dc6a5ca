"""What steps of a runbook may refer to: the components, names and places of the environment that they are filled in for."""

from __future__ import annotations

import itertools
from graphlib import CycleError
from typing import Any

from archgen.kinds.dns import Dns
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.postgresql import Postgresql
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.document import RunbookFacts
from archgen.model.operations import Objective
from archgen.model.remembered import remembered
from archgen.records import dataclass
from archgen.runbooks.surroundings import RunbookStack, callers, stack_of, stacks_of
from archgen.runbooks.ways import Ways


class MissingPartError(ValueError):
    """A step needs a kind of component that the architecture does not have at this coordinate."""


@dataclass(frozen=True, slots=True)
class RunbookPart:
    """A component for a procedure: its id in the model, the name of its resources in the cloud, and its settings."""

    id: str
    name: str
    component: Component


@dataclass(frozen=True, slots=True)
class RunbookHome:
    """An account, project or subscription: its ID in the model, its name for people, and its number, if the model states it."""

    id: str
    title: str
    number: str | None

    @property
    def shown(self) -> str:
        """Its name and number: `Prod (444455556666)`."""
        return f"{self.title} ({self.number})" if self.number and self.number != self.title else self.title


@dataclass(frozen=True, slots=True)
class RunbookHealth:
    """How to prove that users are served: the path that a service states, its title, and the team to ask for a path.

    The path is None if no service states one; then the title and the team are those of the first service, if there is one.
    """

    path: str | None
    service: str | None
    owner: str | None


class Here:
    """The architecture that a procedure is filled in for, as `here` in templates, with which they find other components."""

    def __init__(self, architecture: Architecture, component: str | None = None, region: str = "") -> None:
        self.a = architecture
        self._component = component  # that of the runbook: where a kind has several, steps are about this one
        self._region = region  # if steps act on a cluster in another region

    def in_region(self, region: str) -> Here:
        """The same for steps that act in another region, whose cluster has a separate context."""
        return Here(self.a, self._component, region)

    def has(self, kind: str) -> bool:
        """Whether the architecture has a component of a kind."""
        return any(component.kind == kind for component in self.a.components.values())

    def part(self, kind: str) -> RunbookPart:
        """The component of the runbook if it has this kind, else the first of the kind. Raises MissingPartError."""
        own = {name: self.a.components[name] for name in filter(None, [self._component])}
        for name, component in {**own, **self.a.components}.items():
            if component.kind == kind:
                return self._part(name)
        raise MissingPartError(f"there is no component of kind '{kind}' at {self.a.coordinate}")

    def parts(self, kind: str) -> list[RunbookPart]:
        """All components of a kind, that of the runbook first."""
        ids = [name for name, component in self.a.components.items() if component.kind == kind]
        return [self._part(name) for name in sorted(ids, key=lambda name: name != self._component)]

    def failing_into(self) -> list[RunbookPart]:
        """The components whose failures go to the component of the runbook: those that state it as their `dead_letters`."""
        return [
            self._part(name)
            for name, component in self.a.components.items()
            if self._component and getattr(component, "dead_letters", None) == self._component
        ]

    def takers(self, id_: str) -> list[RunbookPart]:
        """The components that take what a carrier such as a queue holds: they receive it in a call, or are called with it.

        Without the one that gets what could not be processed.
        """
        found = {c.tail for c in self.a.traffic_to(id_) if c.call.data in ("received", "both")}
        found |= {c.head for c in self.a.traffic_from(id_) if c.kind == "event"}
        found -= {getattr(self.a.components.get(id_), "dead_letters", None)}
        return [self._part(name) for name in self.a.components if name in found]

    def _part(self, id_: str) -> RunbookPart:
        return RunbookPart(id_, self.a.identifier(id_), self.a.components[id_])

    def named(self, id_: str) -> str:
        """The name of a component's resources in the cloud. Raises MissingPartError."""
        if id_ not in self.a.components:
            raise MissingPartError(f"the component '{id_}' does not exist at {self.a.coordinate}")
        return self.a.identifier(id_)

    def uses(self, product: str) -> bool:
        """Whether any component uses a product of the catalog, such as `external-secrets`."""
        return any(product in (c.product, *c.supporting_products) for c in self.a.components.values())

    @property
    def context(self) -> str:
        """The name of kubectl's context for the environment's cluster. It names the cloud, because environments exist in several."""
        at = self.a.coordinate
        return "-".join(filter(None, (self.a.document.project, at.cloud, at.environment, self._region)))

    @property
    def database_service(self) -> str:
        """The name of the connection to the environment's database in the file of services that psql reads. Raises MissingPartError."""
        if self.has("postgresql"):
            return f"{self.context}-{self.part('postgresql').id}"
        raise MissingPartError(f"there is no database at {self.a.coordinate}")

    @property
    def promoted_from(self) -> str | None:
        """The ID of the environment whose releases come here next; None for the first one."""
        before = list(
            itertools.takewhile(lambda id_: id_ != self.a.coordinate.environment, self.a.document.environments)
        )
        return before[-1] if before else None

    @property
    def promoted_from_title(self) -> str | None:
        """The title of that environment."""
        return self.a.document.environments[self.promoted_from].name if self.promoted_from else None

    @property
    def health(self) -> RunbookHealth:
        """The health path of the runbook's component, else of a service that uses it, else of any service."""
        candidates = [*filter(None, [self._component])]
        candidates += [caller for id_ in candidates for caller in callers(self.a, id_)]
        candidates += [name for name, _service in self.a.of_kind(Service)]
        services = [c for c in map(self.a.components.__getitem__, candidates) if isinstance(c, Service)]
        found = next((service for service in services if service.health), next(iter(services), None))
        if found is None:
            return RunbookHealth(None, None, None)
        team = self.a.document.teams.get(found.owner) if found.owner else None
        return RunbookHealth(found.health, found.title, team.name if team else None)

    @property
    def production(self) -> bool:
        """Whether the environment serves customers."""
        return self.a.environment.production

    def objective(self, signal: str) -> Objective | None:
        """The first objective of the model for a signal such as `errors`."""
        stated = self.a.document.observability
        objectives = stated.objectives.values() if stated else ()
        return next((objective for objective in objectives if objective.signal == signal), None)

    @property
    def stacks(self) -> list[RunbookStack]:
        """The stacks with the modules that make the component of the runbook, in the order of the model."""
        return list(stacks_of(self.a, self._component)) if self._component else []

    def home(self) -> RunbookHome:
        """The account, project or subscription of the environment."""
        return _home(self.a, self.a.home)

    def account_of(self, kind: str) -> RunbookHome:
        """The account, project or subscription of the component that `part` finds. Raises MissingPartError."""
        return _home(self.a, self.a.other_home(self.part(kind).component) or self.a.home)


def _home(a: Architecture, id_: str) -> RunbookHome:
    return RunbookHome(id_, a.homes.get(id_, id_), a.number_of(id_))


def facts_for(a: Architecture, facts: RunbookFacts) -> dict[str, Any]:
    """The variables that templates of steps may use: the same facts as in variable files."""
    here = Here(a, facts.component)
    return {
        "here": here,
        "ways": Ways(a),
        "duty": "read",
        "takes_hours": False,
        "account_of": here.account_of,
        "component": a.components[facts.component],
        "component_id": facts.component,
        "callers": [RunbookPart(name, a.identifier(name), a.components[name]) for name in callers(a, facts.component)],
        "stack": stack_of(a, facts.component),
        "id": a.identifier(facts.component),
        "region": a.cloud.region,
        "home_region": a.cloud.region,  # also in steps that act in another region
        "answering_region": a.cloud.region,
        "recovery_region": a.recovery_region,
        "recovery_stacks": _recovery_stacks(a),
        "restore_file": _restore_file(a),
        "objects_folder": _objects_folder(a),
        "strategy": _strategy(a),
        "rpo_minutes": facts.rpo_minutes,
        "at": f"{a.coordinate.cloud},{a.coordinate.environment}",
        "account": a.home_number,
        "home": a.home,
        "home_title": a.home_title,
        "environment": a.environment.name,
        "env": a.coordinate.environment,
        "project": a.document.project,
        "network": a.network_identifier,
        "zones": a.zones,
        "domains": [domain for _name, dns in a.of_kind(Dns) for domain in dns.domains],
    }


@remembered
def _strategy(a: Architecture) -> str:
    """How the database gets into the recovery region, such as `snapshot-copy`; empty if the model does not state it."""
    found = (database.disaster_recovery for _name, database in a.of_kind(Postgresql))
    return next((recovery.strategy for recovery in found if recovery), "")


@remembered
def _restore_file(a: Architecture) -> str:
    """The variable file in which a person states what the database is restored from; empty if Terraform does not restore it."""
    terraform, there = a.document.terraform, a.in_recovery_region()
    if terraform is None or there is None:
        return ""
    for name, stack in terraform.stacks.items():
        if stack.recovery and any(module.partition("@")[0] == "database-restore" for module in stack.modules):
            folder = terraform.folder(a.coordinate.cloud, name)
            return f"{folder}/{a.coordinate.environment}-{there.elsewhere}.restore.tfvars.json"
    return ""


@remembered
def _objects_folder(a: Architecture) -> str:
    """The folder with the namespaces and the other Kubernetes objects of the recovery region; empty if archgen writes none."""
    terraform, there = a.document.terraform, a.in_recovery_region()
    if terraform is None or there is None:
        return ""
    clusters = [name for name, _cluster in there.of_kind(KubernetesCluster)]
    for name, stack in terraform.stacks.items():
        if clusters and stack.recovery and "namespaces" in {module.partition("@")[0] for module in stack.modules}:
            folder = f"{terraform.folder(a.coordinate.cloud, name)}/{a.coordinate.environment}-{there.elsewhere}"
            return f"{folder}/{clusters[0]}" if len(clusters) > 1 else folder
    return ""


@remembered
def _recovery_stacks(a: Architecture) -> list[str]:
    """The Terraform stacks that are applied in the recovery region, too, in order; empty if the environment cannot recover there."""
    terraform = a.document.terraform
    if terraform is None or a.in_recovery_region() is None:
        return []
    from archgen.terraform.stack_order import in_order

    try:
        ordered = in_order(terraform.stacks)
    except CycleError:  # a finding of its rule; here, it must not stop the other checks
        return []
    return [name for name in ordered if terraform.stacks[name].recovery]
