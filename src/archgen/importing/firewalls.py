"""Firewalls whose rules select sources and targets by tags or service accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archgen.importing.placing import FoundComponent, PlacedResources
from archgen.importing.resource import Resource, as_list, as_mapping, texts_of, value_at

_RULES = "google_compute_firewall"
_ACCOUNTS = "google_service_account"
_NETWORK, _SUBNET = "google_compute_network", "google_compute_subnetwork"
_TAGS = ("tags", "node_config.tags", "template.vpc_access.network_interfaces.tags")


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """A rule that lets traffic in: from components and address ranges to components. `port` is the only one that is permitted."""

    address: str
    sources: tuple[FoundComponent, ...]
    ranges: tuple[str, ...]
    targets: tuple[FoundComponent, ...]
    ports: tuple[str, ...]

    @property
    def port(self) -> int | None:
        """The port, if there is only one."""
        return int(self.ports[0]) if len(self.ports) == 1 and self.ports[0].isdecimal() else None


def firewall_rules(placed: PlacedResources) -> Iterator[FirewallRule]:
    """The rules that permit TCP or UDP. A rule without targets is about all components in its network, and says nothing about one."""
    rules = [r for r in placed.by_role.get("firewall", ()) if r.type == _RULES]
    if not rules:
        return
    tagged, users = _tagged(placed), users_of_accounts(placed)
    closed = [(_network_of(placed, rule), _priority(rule)) for rule in rules if _denies_everything(rule.values)]
    for rule in rules:
        values = rule.values
        ports = _ports(values)
        if not _is_in_force(values) or ports is None:
            continue
        here = _network_of(placed, rule)
        if any(network == here and priority <= _priority(rule) for network, priority in closed):
            continue
        sources = _selected(placed, rule, "source", tagged, users)
        targets = _selected(placed, rule, "target", tagged, users)
        yield FirewallRule(rule.address, sources, tuple(texts_of(values.get("source_ranges") or ())), targets, ports)


def _is_in_force(values: Mapping[str, Any]) -> bool:
    """Whether a rule is about what comes in, and is not turned off."""
    return values.get("direction", "INGRESS") == "INGRESS" and not values.get("disabled")


def _denies_everything(values: Mapping[str, Any]) -> bool:
    """Whether a rule lets nothing in to anything in its network."""
    every = any(str(as_mapping(block).get("protocol")).lower() == "all" for block in as_list(values.get("deny")))
    some = values.get("target_tags") or values.get("target_service_accounts")
    return _is_in_force(values) and every and not some and "0.0.0.0/0" in as_list(values.get("source_ranges"))


def _priority(rule: Resource) -> int:
    """The priority: a lower number comes first, and of equal ones what denies (https://docs.cloud.google.com/firewall/docs/firewalls)."""
    stated = rule.values.get("priority")
    return stated if isinstance(stated, int) else 1000


def _network_of(placed: PlacedResources, rule: Resource) -> frozenset[tuple[str, str]]:
    """The key of the network that a rule is in; empty if it is not in the files."""
    return frozenset(target.key for target in placed.index.from_(rule, "network") if target.type == _NETWORK)


def _ports(values: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The ports that a rule permits, empty for all; None if it permits neither TCP nor UDP."""
    found: list[str] = []
    blocks = [as_mapping(block) for block in as_list(values.get("allow"))]
    wanted = [block for block in blocks if str(block.get("protocol")).lower() in ("tcp", "udp", "all", "6", "17")]
    for block in wanted:
        ports = [str(port) for port in as_list(block.get("ports"))]
        if not ports:
            return ()
        found += ports
    return tuple(dict.fromkeys(found)) if wanted else None


def _selected(
    placed: PlacedResources,
    rule: Resource,
    side: str,
    tagged: Mapping[str, list[FoundComponent]],
    users: Mapping[tuple[str, str], list[FoundComponent]],
) -> tuple[FoundComponent, ...]:
    found = [component for tag in as_list(rule.values.get(f"{side}_tags")) for component in tagged.get(str(tag), ())]
    for account in placed.index.from_(rule, f"{side}_service_accounts"):
        found += users.get(account.key, ())
    network = _network_of(placed, rule)
    here = (one for one in found if not network or not (others := _networks_of(placed, one)) or network & others)
    return tuple({component.id: component for component in here}.values())


def _networks_of(placed: PlacedResources, component: FoundComponent) -> set[tuple[str, str]]:
    """The keys of the networks that a component refers to, directly or by its subnets; equal tags in two networks mean nothing."""
    direct = [t for r in (*component.resources, *component.parts) for t in placed.index.all_from(r)]
    through = [target for subnet in direct if subnet.type == _SUBNET for target in placed.index.all_from(subnet)]
    return {target.key for target in (*direct, *through) if target.type == _NETWORK}


def _tagged(placed: PlacedResources) -> dict[str, list[FoundComponent]]:
    """The components whose machines have each network tag."""
    found: dict[str, list[FoundComponent]] = defaultdict(list)
    for component in placed.components:
        resources = (*component.resources, *component.parts)
        lists = (value_at(resource.values, name) for resource in resources for name in _TAGS)
        for tag in dict.fromkeys(str(tag) for tags in lists for tag in as_list(tags)):
            found[tag].append(component)
    return found


def users_of_accounts(placed: PlacedResources) -> dict[tuple[str, str], list[FoundComponent]]:
    """The components that run as each service account, by its key. What calls another component with an account does not run as it."""
    found: dict[tuple[str, str], list[FoundComponent]] = defaultdict(list)
    for component in placed.components:
        for resource in (*component.resources, *component.parts):
            for name in _RUNS_AS:
                for account in _accounts_at(placed, resource, name):
                    if account.type == _ACCOUNTS and not any(component is other for other in found[account.key]):
                        found[account.key].append(component)
    return found


def _accounts_at(placed: PlacedResources, resource: Resource, path: str) -> tuple[Resource, ...]:
    """What an attribute refers to. Of one that is not known yet, also what is next to it counts."""
    outer, _, inner = path.partition(".")
    if not inner:
        return placed.index.from_(resource, outer)
    if (stated := value_at(resource.values, path)) is not None:
        return placed.index.named_in(stated)
    return placed.index.from_(resource, outer) if outer in resource.unknown else ()


# The attributes with the account that a resource runs as.
_RUNS_AS = (
    "service_account",
    "service_account_email",
    "template.service_account",
    "template.template.service_account",
    "template.spec.service_account_name",
    "service_config.service_account_email",
    "node_config.service_account",
    "config.node_config.service_account",
    "gce_setup.service_accounts",
)
