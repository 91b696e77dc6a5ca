"""Finds connections that the files declare or permit and that the model does not have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.drifting.findings import Drift
from archgen.drifting.matching import Matches
from archgen.drifting.stated import StatedModel
from archgen.importing.connections import FoundConnection
from archgen.importing.firewalls import firewall_rules
from archgen.importing.placing import FoundComponent, PlacedResources
from archgen.importing.resource import Resource, as_list, as_mapping, texts_of
from archgen.model.component import EDGE, OUTSIDE

_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_GROUP = "aws_security_group"
_MESSAGES = frozenset({"icmp", "icmpv6", "1", "58"})  # protocols that have no connections


def compare_connections(model: StatedModel, found: list[FoundConnection], matches: Matches) -> Iterator[Drift]:
    """The connections between components of the model that it does not have, and ports that differ.

    What only an environment variable names is not a connection, and what concerns a component that the model does not have follows
    from that.
    """
    modeled = _modeled(model)
    for connection in found:
        if connection.grade == "configured":
            continue
        for caller in matches.ids_of(connection.caller):
            for called in matches.ids_of(connection.called):
                ends = frozenset((caller, called))
                if len(ends) == 2 and ends not in modeled:
                    yield _unmodeled(model, caller, called, connection)
                elif connection.grade == "declared":
                    yield from _other_port(model, caller, called, connection)


def _modeled(model: StatedModel) -> set[frozenset[str]]:
    """The pairs of components that the model connects: by a call, or because one refers to the other.

    What a service calls, what it runs on has to reach, too: the firewalls of nodes do not know services.
    """
    components = model.here.components
    host = {id_: component.runs_on or id_ for id_, component in components.items()}
    pairs = {
        frozenset((tail, head))
        for c in model.here.traffic
        if c.tail in components and c.head in components
        for tail in (c.tail, host[c.tail])
        for head in (c.head, host[c.head])
    }
    for id_, component in components.items():
        pairs |= {frozenset((id_, mention.id)) for mention in component.references if mention.what == "component"}
    return pairs


def _unmodeled(model: StatedModel, caller: str, called: str, connection: FoundConnection) -> Drift:
    path: Path = ("components", caller, "calls", called)
    port = f", port {connection.states['port']}" if "port" in connection.states else ""
    verb = "declare" if connection.grade == "declared" else "permit"
    message = f"the files {verb} a connection from '{caller}' to '{called}'{port}, which the model does not have"
    at = model.span(path[:3]) or model.span(path[:2])
    return Drift("connection", path, connection.evidence, message, file=f"{connection.grade}{port}", at=at)


def _other_port(model: StatedModel, caller: str, called: str, connection: FoundConnection) -> Iterator[Drift]:
    actual = connection.states.get("port")
    calls = [c for c in model.here.traffic_from(caller) if c.head == called]
    stated = [c for c in calls if model.here.components[caller].calls[c.key].port is not None]
    if isinstance(actual, int) and stated and all(c.call.port != actual for c in stated):
        path = (*stated[0].path, "port")
        message = (
            f"the port of '{caller}' to '{called}' is {stated[0].call.port} in the model, and {actual} in the files"
        )
        yield Drift(
            "different",
            path,
            connection.evidence,
            message,
            model=str(stated[0].call.port),
            file=str(actual),
            attribute="port",
            at=model.span(path),
            condition=model.condition(path),
        )


# -- what is open to all addresses ---------------------------------------------------------------------------


Exposure = tuple[
    str, str, str
]  # the ID in the files of a component, the address of a rule that opens it, and the port in words


def find_exposures(placed: PlacedResources) -> list[Exposure]:
    """The components that any address may connect to."""
    users = _users_of_groups(placed)
    by_groups = [(user.id, by, port) for by, group, port in _open_rules(placed) for user in users[group.key]]
    return by_groups + [
        (target.id, rule.address, _ports_in_words(rule.ports))
        for rule in firewall_rules(placed)
        if _ANYWHERE & {*rule.ranges}
        for target in rule.targets
    ]


def compare_exposures(model: StatedModel, exposures: Iterable[Exposure], matches: Matches) -> Iterator[Drift]:
    """The components that any address may connect to, although the model says that nothing outside reaches them."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for user, by, port in exposures:
        for id_ in matches.ids_of(user):
            if _is_private(model, id_):
                found[id_, port][by] = None
    for (id_, port), addresses in found.items():
        message = f"the files permit any address to connect to '{id_}'{port}, which nothing outside calls in the model"
        path: Path = ("components", id_)
        yield Drift(
            "connection",
            path,
            tuple(addresses),
            message,
            model="private",
            file=f"any address{port}",
            at=model.span(path),
        )


def _is_private(model: StatedModel, id_: str) -> bool:
    """Whether the model says that nothing outside reaches a component: it is in a tier that the internet does not reach, and no call
    comes from outside."""
    a = model.here
    internet = a.internet_of(a.components[id_])
    outside = (a.place(a.components[c.tail]) in (OUTSIDE, EDGE) for c in a.traffic_to(id_))
    return internet in ("none", "outbound") and not any(outside)


def _users_of_groups(placed: PlacedResources) -> dict[tuple[str, str], list[FoundComponent]]:
    users: dict[tuple[str, str], list[FoundComponent]] = defaultdict(list)
    for component in placed.components:
        for resource in (*component.resources, *component.parts):
            for target in placed.index.all_from(resource):
                if target.type == _GROUP and not any(component is other for other in users[target.key]):
                    users[target.key].append(component)
    return users


def _open_rules(placed: PlacedResources) -> Iterator[tuple[str, Resource, str]]:
    """The rules that let all addresses in: the address of each, the group that it is about, and the port in words."""
    for resource in placed.by_role.get("firewall", ()):
        if "egress" in resource.type:
            continue
        if resource.type == _GROUP:
            for block in map(as_mapping, as_list(resource.values.get("ingress"))):
                if _lets_all_in(block):
                    yield resource.address, resource, _port_in_words(block)
        elif resource.values.get("type", "ingress") == "ingress" and _lets_all_in(resource.values):
            for target in placed.index.from_(resource, "security_group_id"):
                yield resource.address, target, _port_in_words(resource.values)


def _lets_all_in(rule: Any) -> bool:
    if str(rule.get("protocol") or rule.get("ip_protocol")).lower() in _MESSAGES:
        return False
    names = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")
    return any(text in _ANYWHERE for name in names for text in texts_of(rule.get(name) or ()))


def _ports_in_words(ports: tuple[str, ...]) -> str:
    if not ports:
        return ""
    first, _, last = ports[0].partition("-")
    if len(ports) > 1 or last:
        return f" on ports {first} to {last}" if len(ports) == 1 else f" on ports {', '.join(ports)}"
    return f" on port {first}"


def _port_in_words(rule: Any) -> str:
    first, last = rule.get("from_port"), rule.get("to_port")
    if not isinstance(first, int) or not isinstance(last, int) or first < 1:
        return ""
    return f" on port {first}" if first == last else f" on ports {first} to {last}"
