"""The commands that lead to the API server of a private cluster while stacks are applied: a tunnel, or a check that none is needed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.remote_access import RemoteAccess
from archgen.model.architecture import Architecture
from archgen.terraform.binding import ModuleCall
from archgen.terraform.files import Variable
from archgen.terraform.providers_tf import OF_CLUSTERS
from archgen.terraform.references import needs_in
from archgen.terraform.root_facts import root_facts

Command = tuple[str, str]


def private_cluster(a: Architecture, calls: Sequence[ModuleCall]) -> str | None:
    """The ID of the cluster whose private API server the modules of a stack call; None if they call none."""
    for call in calls:
        component = a.components.get(call.component or "")
        calls_api = call.binding.module is not None and {*OF_CLUSTERS} & {*call.binding.module.providers}
        if calls_api and isinstance(component, KubernetesCluster) and component.endpoint == "private":
            return call.component
    return None


def cluster_modules(a: Architecture, declared: Sequence[Variable]) -> list[str]:
    """The names of the modules of a stack that make the cluster whose API its providers call."""
    facts = root_facts(a.coordinate.cloud)
    ways = facts.clusters if facts else ()
    made = {need.module for way in ways for need in needs_in(" ".join(way["arguments"].values()))}
    return [variable.name for variable in declared if variable.binding.id in made]


def open_way(a: Architecture, cluster: str, *, for_kubectl: bool) -> Iterator[Command]:
    """The commands that open a tunnel to a cluster and send Terraform or kubectl through it, each with what it does.

    If the model states no way in for which archgen knows a tunnel, a command checks that the API server can be reached without one.
    """
    facts = root_facts(a.coordinate.cloud)
    if not facts or not facts.tunnel:
        return
    values = {"region": a.cloud.region, "name": a.identifier(cluster), "machine": _machine(a, cluster) or ""}
    filled = {key: text.format(**{k: shlex.quote(v) for k, v in values.items()}) for key, text in facts.tunnel.items()}
    if not values["machine"]:
        yield "check that you are inside the network, because the API server is private", filled["check"]
        return
    yield "open a tunnel to the private API server, with a role that may start sessions", filled["open"]
    if for_kubectl:
        yield "send kubectl through the tunnel", filled["kubectl"]
    else:
        yield "send Terraform through the tunnel", f"export TF_VAR_cluster_address={filled['address']}"


def close_way(a: Architecture, cluster: str) -> Iterator[Command]:
    """The command that closes the tunnel; nothing if there is none."""
    facts = root_facts(a.coordinate.cloud)
    if facts and facts.tunnel and _machine(a, cluster):
        yield "close the tunnel", facts.tunnel["close"]


def _machine(a: Architecture, cluster: str) -> str | None:
    """The name of the machine of a way in that leads to a cluster and has a tunnel; None without one."""
    facts = root_facts(a.coordinate.cloud)
    callers = {connection.tail for connection in a.traffic_to(cluster)}
    for name, way in a.of_kind(RemoteAccess):
        if facts and name in callers and facts.tunnel.get("product") in a.products_of(way):
            return way.instance or a.identifier(name)
    return None
