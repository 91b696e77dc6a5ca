"""Identity and secrets: who signs in where, how machines get their roles, where secrets and keys are kept."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.grouping import by_runtime
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.kinds.ci_pipeline import CiPipeline
from archgen.kinds.key_management import KeyManagement
from archgen.kinds.remote_access import RemoteAccess
from archgen.kinds.secret_store import SecretStore
from archgen.kinds.service import Service
from archgen.kinds.single_sign_on import SingleSignOn
from archgen.kinds.workload_federation import WorkloadFederation
from archgen.model.architecture import Architecture
from archgen.views._groups import calls_between, grouped, picture
from archgen.views._left_out import with_left_out

TITLE = "Identity and secrets"
QUESTION = "Who may sign in, how do machines authenticate, and where are secrets and keys kept?"
ORDER = 70
PART = ("components",)
KINDS = (SingleSignOn, WorkloadFederation, SecretStore, KeyManagement, RemoteAccess)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Services for identities, secrets and keys, and ways in for people, with the components around them."""
    a = architecture
    core = [name for name, component in a.components.items() if isinstance(component, KINDS)]
    callers = [name for name in a.components if set(a.called_by(name)) & set(core)]
    protected = [t for name in core if isinstance(c := a.components[name], KeyManagement) for t in c.protects]
    ways_in = {name for name in core if isinstance(a.components[name], RemoteAccess)}
    reached = [c.head for c in a.traffic if c.tail in ways_in]
    names = list(dict.fromkeys([*core, *callers, *protected, *reached]))
    parts: list[Group | Node] = grouped(a, a, names, by_runtime)
    edges = list(calls_between(a, a, names, why=True, keep=lambda c: c.head in core or c.tail in ways_in))
    edges += [*_keys(a, core)]
    doors = [name for name in core if isinstance(a.components[name], SingleSignOn)]
    if doors:
        staff = [name for name in callers if a.components[name].person]
        if not staff:
            staff = ["people"]
            people = Node("people", "Employees", Icon("onprem.client.Users"))
            parts.insert(0, Group("staff", "Staff", "outside", (people,)))
        signed_on = {(edge.tail, edge.head) for edge in edges}
        edges += [
            Edge(f"{who}--{name}", who, name, _second_factor(a, name))
            for who in staff
            for name in doors
            if (who, name) not in signed_on
        ]
    described = (
        f"Identities, secrets and keys on {a.facts.full_name}, and what uses them. Only services that sign in people or machines, let "
        "people in, or keep secrets or keys are drawn, with the components that have connections to them or whose data they encrypt."
    )
    graph = picture("identity", TITLE, described, a, parts if core else [], edges if core else [])
    users = [name for name, c in a.components.items() if c.person or isinstance(c, (Service, CiPipeline))]
    reason = "without a connection to one of these services"
    return with_left_out(graph, dict.fromkeys(a.components, a), dict.fromkeys(users, reason))


def _second_factor(a: Architecture, name: str) -> str:
    door = a.components[name]
    return "with MFA" if isinstance(door, SingleSignOn) and door.multi_factor else "password"


def _keys(a: Architecture, core: list[str]) -> Iterator[Edge]:
    """Edges from a key store to everything that it encrypts."""
    for name in core:
        store = a.components[name]
        if isinstance(store, KeyManagement):
            for n, target in enumerate(store.protects):
                yield Edge(
                    f"{name}--{target}", name, target, "encrypts" if n == 0 else "", "encrypts at rest", meaning="key"
                )
