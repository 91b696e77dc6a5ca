"""Finds connections between components, each with its evidence.

What Terraform declares as a connection is one: event sources, subscriptions, targets of load balancers. What is only permitted (a
security group, a policy of IAM) or configured (an environment variable) may be one, so it is a proposal.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from archgen.importing.accounts import role_grants
from archgen.importing.firewalls import firewall_rules
from archgen.importing.mappings import SELF, ConnectionRule
from archgen.importing.network_policies import permitted_ways
from archgen.importing.placing import FoundComponent, PlacedResources, mapping_of
from archgen.importing.resource import Resource, as_list, texts_of

Grade = Literal["declared", "permitted", "configured"]
GRADES: tuple[Grade, ...] = ("declared", "permitted", "configured")
_MOST_HOPS = 4  # through listeners and target groups
_READS = ("get", "list", "describe", "receive", "read", "query", "scan", "batchget", "select", "head")
_CHANGES = ("decrypt", "encrypt", "generatedatakey", "invoke", "start", "stop", "assume")


@dataclass(frozen=True, slots=True)
class FoundConnection:
    """A connection from one component to another. `evidence` has the addresses that it follows from."""

    caller: str
    called: str
    grade: Grade
    evidence: tuple[str, ...]
    states: Mapping[str, Any]

    @property
    def id(self) -> str:
        """What a person accepts it by."""
        return f"{self.caller}:{self.called}"


def find_connections(placed: PlacedResources) -> list[FoundConnection]:
    """All connections, the best evidence of each pair first; a pair that is declared is not proposed again."""
    found: dict[tuple[str, str], FoundConnection] = {}
    for connection in (
        *_declared(placed),
        *_permitted_by_groups(placed),
        *_permitted_by_policies(placed),
        *_permitted_by_firewalls(placed),
        *_permitted_to_accounts(placed),
        *_permitted_by_policies_of_pods(placed),
        *_configured(placed),
    ):
        ends = (connection.caller, connection.called)
        other = found.get(ends) or found.get(ends[::-1])
        if connection.caller == connection.called or (other and other.grade != connection.grade):
            continue
        found[ends] = _merged(found[ends], connection) if ends in found else connection
    return sorted(found.values(), key=lambda c: (GRADES.index(c.grade), c.caller, c.called))


def _merged(one: FoundConnection, other: FoundConnection) -> FoundConnection:
    evidence = tuple(dict.fromkeys((*one.evidence, *other.evidence)))
    states = {**other.states, **one.states}
    if one.states.get("data", "both") != other.states.get("data", "both"):
        states["data"] = "both"
    return FoundConnection(one.caller, one.called, one.grade, evidence, states)


# What Terraform declares.


def _declared(placed: PlacedResources) -> Iterator[FoundConnection]:
    ways: dict[tuple[str, str], list[tuple[str, Resource]]] = defaultdict(list)
    starts: list[tuple[Resource, Resource, Resource, ConnectionRule]] = []
    for resource in placed.index.resources:
        for rule in mapping_of(resource).connections:
            sources = _ends(placed, resource, rule.from_)
            targets = _ends(placed, resource, rule.to)
            for source in sources:
                for target in targets:
                    ways[source.key].append((resource.address, target))
                    starts.append((source, target, resource, rule))
    for source, target, by, rule in starts:
        if caller := placed.component_of(source):
            for called, evidence, states in _reached(placed, target, ways, (by.address,), rule.states):
                if called is not caller:
                    yield FoundConnection(caller.id, called.id, "declared", evidence, states)


def _ends(placed: PlacedResources, resource: Resource, attribute: str) -> list[Resource]:
    """The resources at one end of a connection. A listener stands for its load balancer."""
    if attribute == SELF:
        return [resource]
    ends: list[Resource] = []
    for target in placed.index.from_(resource, attribute):
        through = next(
            (r for r in mapping_of(target).connections if placed.component_of(target) is None and r.from_ != SELF), None
        )
        is_way = through is not None and attribute == "listener_arn"
        ends += placed.index.from_(target, through.from_) if is_way and through else [target]
    return ends


def _reached(
    placed: PlacedResources,
    target: Resource,
    ways: Mapping[tuple[str, str], list[tuple[str, Resource]]],
    evidence: tuple[str, ...],
    states: Mapping[str, Any],
) -> Iterator[tuple[FoundComponent, tuple[str, ...], Mapping[str, Any]]]:
    """The components that a target is, or leads to as a target group does, which also states the port."""
    if component := placed.component_of(target):
        yield component, evidence, states
    elif len(evidence) <= _MOST_HOPS:
        for by, further in ways.get(target.key, ()):
            if by not in evidence:
                yield from _reached(placed, further, ways, (*evidence, by), {**states, **_port_and_protocol(target)})


def _port_and_protocol(group: Resource) -> dict[str, Any]:
    port, protocol = group.values.get("port"), group.values.get("protocol")
    stated: dict[str, Any] = {"protocol": protocol.lower()} if isinstance(protocol, str) else {}
    return stated | ({"port": port} if _port(port, port) else {})


# What security groups permit.


def _permitted_by_groups(placed: PlacedResources) -> Iterator[FoundConnection]:
    members: dict[tuple[str, str], list[FoundComponent]] = defaultdict(list)
    for component in placed.components:
        for resource in (*component.resources, *component.parts):
            for target in placed.index.all_from(resource):
                if target.type == "aws_security_group" and component not in members[target.key]:
                    members[target.key].append(component)
    for by, source, target, port in _group_rules(placed):
        for caller in members[source.key]:
            for called in members[target.key]:
                states = {"port": port} if port else {}
                yield FoundConnection(caller.id, called.id, "permitted", (by,), states)


def _group_rules(placed: PlacedResources) -> Iterator[tuple[str, Resource, Resource, int | None]]:
    """For each rule that lets one group in: its address, the group that is let in, the group that it enters, and the only port."""
    index = placed.index
    for resource in placed.by_role["firewall"]:
        if resource.type == "aws_security_group":
            yield from _inline_rules(placed, resource)
        elif resource.type in ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule"):
            if resource.values.get("type", "ingress") != "ingress":
                continue
            sources = [
                *index.from_(resource, "source_security_group_id"),
                *index.from_(resource, "referenced_security_group_id"),
            ]
            port = _port(resource.values.get("from_port"), resource.values.get("to_port"))
            for target in index.from_(resource, "security_group_id"):
                yield from ((resource.address, source, target, port) for source in sources)


def _inline_rules(placed: PlacedResources, group: Resource) -> Iterator[tuple[str, Resource, Resource, int | None]]:
    blocks = [block for block in as_list(group.values.get("ingress")) if isinstance(block, Mapping)]
    for block in blocks:
        for source in placed.index.named_in(block.get("security_groups") or ()):
            if source.type == "aws_security_group":
                yield group.address, source, group, _port(block.get("from_port"), block.get("to_port"))
    if "ingress" in group.references:  # a plan: the IDs of groups are not known yet
        port = _port(blocks[0].get("from_port"), blocks[0].get("to_port")) if len(blocks) == 1 else None
        for source in placed.index.from_(group, "ingress"):
            if source.type == "aws_security_group":
                yield group.address, source, group, port


def _port(first: Any, last: Any) -> int | None:
    return first if isinstance(first, int) and first == last and 0 < first < 65536 else None


# What policies permit.


def _permitted_by_policies(placed: PlacedResources) -> Iterator[FoundConnection]:
    index = placed.index
    users: dict[tuple[str, str], list[FoundComponent]] = defaultdict(list)
    for component in placed.components:
        for resource in (*component.resources, *component.parts):
            for target in index.all_from(resource):
                if target.type == "aws_iam_role" and component not in users[target.key]:
                    users[target.key].append(component)
    for by, role, policy in _policies(placed):
        for called, data in _allowed(placed, policy):
            for caller in users[role.key]:
                yield FoundConnection(caller.id, called.id, "permitted", (by,), {"data": data} if data else {})


def _policies(placed: PlacedResources) -> Iterator[tuple[str, Resource, Resource]]:
    """For each policy of a role: the address that attaches it, the role, and the resource with the policy's text."""
    index = placed.index
    for resource in placed.by_role["identity"]:
        roles = [r for r in index.all_from(resource) if r.type == "aws_iam_role"]
        if resource.type == "aws_iam_role_policy":
            yield from ((resource.address, role, resource) for role in roles)
        elif resource.type in ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment"):
            policies = [r for r in index.all_from(resource) if r.type == "aws_iam_policy"]
            yield from ((resource.address, role, policy) for role in roles for policy in policies)


def _allowed(placed: PlacedResources, policy: Resource) -> Iterator[tuple[FoundComponent, str]]:
    """The components that statements of a policy name, and which way data goes; empty if the actions do not say."""
    try:
        document = json.loads(policy.values.get("policy") or "{}")
    except (ValueError, RecursionError, TypeError):
        document = {}
    statements = document.get("Statement", ()) if isinstance(document, Mapping) else ()
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        data = _direction(texts_of([statement.get("Action")]))
        for target in placed.index.named_in(statement.get("Resource")):
            if component := placed.component_of(target):
                yield component, data
    if not statements:  # a plan knows what the policy refers to, but not its text
        for target in placed.index.from_(policy, "policy"):
            if component := placed.component_of(target):
                yield component, ""


def _direction(actions: Iterable[str]) -> str:
    verbs = [action.partition(":")[2].lower() for action in actions]
    if not verbs or any(v in ("", "*") or v.startswith(_CHANGES) for v in verbs):
        return ""
    reads = [v.startswith(_READS) for v in verbs]
    return "received" if all(reads) else "both" if any(reads) else "sent"


# What firewalls and roles permit.


def _permitted_by_firewalls(placed: PlacedResources) -> Iterator[FoundConnection]:
    for rule in firewall_rules(placed):
        for caller in rule.sources:
            for called in rule.targets:
                states = {"port": rule.port} if rule.port else {}
                yield FoundConnection(caller.id, called.id, "permitted", (rule.address,), states)


def _permitted_to_accounts(placed: PlacedResources) -> Iterator[FoundConnection]:
    for grant in role_grants(placed):
        for called in grant.components:
            states = {"data": grant.data} if grant.data else {}
            yield FoundConnection(grant.user.id, called.id, "permitted", (grant.address,), states)


def _permitted_by_policies_of_pods(placed: PlacedResources) -> Iterator[FoundConnection]:
    for caller, called, address, port in permitted_ways(placed):
        yield FoundConnection(caller.id, called.id, "permitted", (address,), {"port": port} if port else {})


# What is configured.


def _configured(placed: PlacedResources) -> Iterator[FoundConnection]:
    for component in placed.components:
        for resource in (*component.resources, *component.parts):
            for attribute in ("environment", "container_definitions", "user_data", "template", "service_config"):
                for target in placed.index.from_(resource, attribute):
                    called = placed.component_of(target)
                    if called and called is not component and called.kind != "registry":
                        yield FoundConnection(component.id, called.id, "configured", (resource.address,), {})
