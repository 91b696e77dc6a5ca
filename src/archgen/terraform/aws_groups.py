"""Security groups on AWS: one for each component with an address in the network, and their rules from the connections of the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.connections import Connection
from archgen.model.derived import once
from archgen.model.regions import HOME
from archgen.records import dataclass
from archgen.terraform.aws_balancing import behind_edge, caller_ranges, health_ports, redirects
from archgen.terraform.aws_clusters import is_service_made, on_fargate
from archgen.terraform.aws_sessions import needs_machine
from archgen.terraform.network_rules import INTERNET, NetworkRule, network_rules

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
_NOT_ALLOWED = re.compile(r"[^a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]+")


@dataclass(frozen=True, slots=True)
class RuleEnd:
    """The other end of a rule: another group, an address range, or a prefix list that AWS maintains. One of them is set."""

    group: str | None = None
    range: str | None = None
    prefix_list: str | None = None

    @property
    def name(self) -> str:
        """A name for keys of rules."""
        return self.group or self.range or ("cloudfront" if self.prefix_list == CLOUDFRONT else self.prefix_list or "")


@dataclass(frozen=True, slots=True)
class TrafficRule:
    """Traffic that a group accepts (`ingress`) or opens (`egress`), and the connection of the model that needs it."""

    direction: str
    group: str
    end: RuleEnd
    port: int
    protocol: str
    connection: Connection

    @property
    def key(self) -> str:
        """Its key in `for_each`, which does not change with other rules."""
        word = "from" if self.direction == "ingress" else "to"
        return f"{self.group}-{self.port}-{self.protocol}-{word}-{self.end.name}"


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about security groups that expressions can use."""
    return {"security_groups": lambda: security_groups(a), "api_callers": lambda cluster: api_callers(a, cluster)}


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"security_groups": (), "api_callers": (str,)}


@once
def groups(a: Architecture) -> Mapping[str, Component]:
    """The components that have a security group, by id: those with an address in a tier, machines of sessions, and nodes of clusters."""
    return {name: c for name, c in a.components.items() if _has_address(a, name, c)}


def _has_address(a: Architecture, name: str, component: Component) -> bool:
    """Whether a component has addresses in a tier; what runs on a host has those of the host, but each task on Fargate has one."""
    hosted = component.runs_on and not on_fargate(a, name)
    if hosted or HOME not in (a.regions_of(component) or (HOME,)):
        return False
    if isinstance(component, KubernetesCluster):
        return component.nodes_in in a.tiers
    return needs_machine(a, component) or a.place(component) in a.tiers


def rules(a: Architecture) -> Iterator[TrafficRule]:
    """The rules of all groups, sorted by connections, each once, although several connections may need it."""
    seen = set()
    for rule in rules_of_connections(a):
        if (rule.direction, rule.key) not in seen:
            seen.add((rule.direction, rule.key))
            yield rule


def rules_of_connections(a: Architecture) -> Iterator[TrafficRule]:
    """The rules that each connection needs: one at each end that has a group; none within one group, and none if a range is not known.

    The group of a cluster is that of its nodes. Its API has a separate one, which the module of the cluster makes.
    """
    known = groups(a)
    by_id = {connection.id: connection for connection in a.traffic}
    for needed in network_rules(a):
        connection = by_id[needed.connection]
        tail, head = group_of(a, needed.tail, known), group_of(a, needed.head, known)
        for port in needed.ports if tail != head else ():
            protocol, api = needed.transport.lower(), needed.head == head and _is_cluster(a, head)
            if tail:
                known_end = [RuleEnd(group=head)] if head and not api else []
                for end in known_end or [RuleEnd(range=range_) for range_ in needed.targets]:
                    yield TrafficRule("egress", tail, end, port, protocol, connection)
            if head and not api:
                for end in [RuleEnd(group=tail)] if tail else _sources(a, needed):
                    yield TrafficRule("ingress", head, end, port, protocol, connection)


def _is_cluster(a: Architecture, name: str) -> bool:
    return isinstance(a.components[name], KubernetesCluster)


def api_callers(a: Architecture, cluster: str) -> list[str]:
    """The IDs of the groups, other than that of its nodes, from which the API of a cluster is called on port 443; sorted."""
    known = groups(a)
    callers = (group_of(a, c.tail, known) for c in a.traffic_to(cluster) if c.call.port == 443)
    return sorted({group for group in callers if group and group != cluster})


def group_of(a: Architecture, name: str, known: Mapping[str, Component]) -> str | None:
    """The id of the group of a component: its own, or that of the nodes that it runs on; None if it has none."""
    seen: set[str] = set()
    while name not in known:
        host = a.components[name].runs_on
        if not host or host in seen or host not in a.components:
            return None
        seen.add(name)
        name = host
    return name


def _sources(a: Architecture, needed: NetworkRule) -> Iterator[RuleEnd]:
    """Where connections of a component without a group come from; nothing if that is not known."""
    called = a.components[needed.head]
    if behind_edge(a, needed.tail):
        yield RuleEnd(prefix_list=CLOUDFRONT)
        return
    public = isinstance(called, LoadBalancer) and called.scheme == "internet-facing"
    yield from (RuleEnd(range=range_) for range_ in caller_ranges(a, needed) if public or range_ != INTERNET)


def security_groups(a: Architecture) -> dict[str, Any]:
    """The groups, and the rules in both directions, by stable keys: the ids of components."""
    described = {name: _group(a, name, component) for name, component in sorted(groups(a).items())}
    by_direction: dict[str, dict[str, dict[str, Any]]] = {"ingress": {}, "egress": {}}
    for rule in rules(a):
        by_direction[rule.direction][rule.key] = _entry(rule)
    for name in (name for name, component in groups(a).items() if needs_machine(a, component)):
        by_direction["egress"].setdefault(f"{name}-443-tcp-to-{INTERNET}", _to_session_manager(name))
    for name in (name for name in groups(a) if is_service_made(a, name)):
        by_direction["egress"].setdefault(f"{name}-443-tcp-to-{INTERNET}", _to_start(name))
    for name in (name for name in groups(a) if redirects(a, name)):
        by_direction["ingress"].setdefault(f"{name}-80-tcp-from-{INTERNET}", _plain_requests(name))
    for balancer, name, port in health_ports(a):
        for direction, group, other in (("egress", balancer, name), ("ingress", name, balancer)):
            if {balancer, name} <= described.keys():
                word = "from" if direction == "ingress" else "to"
                entry = _to_health(balancer, name, port) | {"group": group, "other_group": other}
                by_direction[direction].setdefault(f"{group}-{port}-tcp-{word}-{other}", entry)
    return {"groups": described, **by_direction}


def _to_session_manager(group: str) -> dict[str, Any]:
    """The rule with which a machine calls Session Manager, which then opens sessions through that connection."""
    described = described_as(f"{group}: Session Manager")
    return {"group": group, "range": INTERNET, "port": 443, "protocol": "tcp", "description": described}


def _to_start(group: str) -> dict[str, Any]:
    """The rule with which tasks get their image and secrets, and send logs: all of it goes through their own interface.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    """
    described = described_as(f"{group}: image, secrets and logs of its tasks")
    return {"group": group, "range": INTERNET, "port": 443, "protocol": "tcp", "description": described}


def _plain_requests(group: str) -> dict[str, Any]:
    """The rule with which a load balancer accepts requests without TLS, which it only redirects."""
    described = described_as(f"{group}: redirected to HTTPS")
    return {"group": group, "range": INTERNET, "port": 80, "protocol": "tcp", "description": described}


def _to_health(balancer: str, name: str, port: int) -> dict[str, Any]:
    """The rule with which a load balancer asks whether a backend is healthy, if that is at another port; without its two groups."""
    return {"port": port, "protocol": "tcp", "description": described_as(f"{balancer}: health of {name}")}


def _group(a: Architecture, name: str, component: Component) -> dict[str, Any]:
    nodes = isinstance(component, KubernetesCluster)
    # Karpenter finds the groups of new nodes by this tag: https://karpenter.sh/docs/concepts/nodeclasses/#specsecuritygroupselectorterms
    tags = {"karpenter.sh/discovery": a.identifier(name)} if nodes else {}
    # AWS replaces a group whose description changes, so it has the ID of the component and not its title.
    about = f"Nodes of {name}" if nodes else name
    return {"name": f"{a.network_identifier}-{name}", "description": described_as(about), "tags": tags}


def _entry(rule: TrafficRule) -> dict[str, Any]:
    purpose = rule.connection.call.purpose
    text = f"{rule.connection.id}{f': {purpose}' if purpose else ''}"
    end = {"other_group": rule.end.group, "range": rule.end.range, "prefix_list": rule.end.prefix_list}
    stated = {name: value for name, value in end.items() if value}
    return {
        "group": rule.group,
        **stated,
        "port": rule.port,
        "protocol": rule.protocol,
        "description": described_as(text),
    }


def described_as(text: str) -> str:
    """A text as the description of a group or a rule, in which AWS accepts only some characters, and at most 255."""
    return _NOT_ALLOWED.sub(" ", text).strip()[:255] or "-"
