"""Writes what was found as a model.

What the files do not state and a model has to say is marked with `assumed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from archgen.catalog.cloud_facts import cloud_bases
from archgen.importing.clusters import is_object, with_cluster
from archgen.importing.connections import FoundConnection
from archgen.importing.found_network import FoundNetwork, FoundTier
from archgen.importing.found_places import FoundFurtherNetwork, FoundPlaces, place_in_further_network
from archgen.importing.network import known_subnets, network_of_environment, subnets_of, tier_in_network
from archgen.importing.node_pools import FoundPool
from archgen.importing.placing import FoundComponent, PlacedResources, incomplete_blocks, nested, slug, suffixed
from archgen.importing.resource import as_mapping, texts_of
from archgen.importing.resource_types import usable_kinds
from archgen.importing.terraform_json import TerraformFile
from archgen.importing.titles import title_of
from archgen.model.base import Identifier
from archgen.model.component import EDGE, MANAGED, OUTSIDE, TASKS, Component
from archgen.model.per_cloud import cloud_classes
from archgen.reading.written import entry, written
from archgen.rules.secrets import without_secrets

_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):([0-9]{12})?:")
_ENVIRONMENTS = {
    "dev": "Development",
    "test": "Test",
    "stg": "Staging",
    "stage": "Staging",
    "staging": "Staging",
    "prod": "Production",
    "production": "Production",
    "live": "Production",
}
_PARTS = ("clouds", "environments", "organization", "network", "networks", "sites", "components")

_IDENTIFIER: TypeAdapter[Any] = TypeAdapter(Identifier)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where what was found is: the environment, and the account or project and the region that its resources name (empty if none does)."""

    cloud: str
    environment: str
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class FoundModel:
    """What a model is made of."""

    placed: PlacedResources
    networks: list[FoundNetwork]
    places: FoundPlaces
    connections: list[FoundConnection]
    node_pools: Mapping[str, Mapping[str, FoundPool]] = field(default_factory=dict)


def home_of(cloud: str, environment: str, sources: Iterable[TerraformFile], placed: PlacedResources) -> Whereabouts:
    """The environment with the account or project and the region that most resources are in."""
    numbered, facts = cloud_classes()[cloud].organization.numbered, cloud_bases()[cloud]
    accounts: dict[str, int] = {}
    regions: dict[str, int] = {}
    for resource in placed.index.resources:
        values = resource.values
        match = _ARN.match(str(values.get("arn", "")))
        account = (match[2] if match else "") if numbered else values.get("project")
        region = match[1] if match else values.get("region") or values.get("location")
        if account and isinstance(account, str) and (numbered or slug(account) == account):
            accounts[account] = accounts.get(account, 0) + 1
        if isinstance(region, str) and region and not facts.misnamed(region, zone=False):
            regions[region] = regions.get(region, 0) + 1
    of_providers = (region for source in sources for region in source.regions)
    stated = next((region for region in of_providers if region and not facts.misnamed(region, zone=False)), "")
    return Whereabouts(cloud, environment, _most(accounts), stated or _most(regions) or _region_of_zones(placed))


def _most(counted: Mapping[str, int]) -> str:
    return min(counted, key=lambda name: (-counted[name], name), default="")


def _region_of_zones(placed: PlacedResources) -> str:
    zones = (str(r.values.get("availability_zone") or "") for r in placed.index.resources)
    return next((zone[:-1] for zone in zones if re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", zone)), "")


def model_of(
    found: FoundModel,
    home: Whereabouts,
    name: str,
    project: str,
    clusters: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """The model as plain data, with its keys in the order of the guide. `clusters` are those of a model that exists (`with_cluster`)."""
    placed = found.placed
    model: dict[str, Any] = {"version": 2, "name": name, "project": project}
    region = home.region or cloud_bases()[home.cloud].region_example
    cloud: dict[str, Any] = {"region": region} | ({} if home.region else {"assumed": ["region"]})
    network = network_of_environment(found.networks)
    if network:
        zones = _zones(placed, network, home.cloud, region)
        cloud |= zones | (
            {"assumed": assumed} if (assumed := [*cloud.get("assumed", ()), *zones.get("assumed", ())]) else {}
        )
    numbered = cloud_classes()[home.cloud].organization.numbered
    account = suffixed(project, home.environment) if numbered or not home.account else home.account
    place: dict[str, Any] = {cloud_classes()[home.cloud].home.key: account} | (
        {"cidr": network.cidr, **({} if network.has_range else {"assumed": ["cidr"]})} if network else {}
    )
    classes = cloud_classes()[home.cloud]
    model["clouds"] = {home.cloud: cloud}
    environment: dict[str, Any] = {"name": _ENVIRONMENTS.get(home.environment, title_of(home.environment))}
    model["environments"] = {home.environment: {**environment, home.cloud: place}}
    known = {"id": home.account} if home.account and numbered else {}
    model["organization"] = {home.cloud: {classes.organization.key: {account: {"name": environment["name"], **known}}}}
    if network:
        model["network"] = _network(network, home.cloud)
    model |= further_places(found.places, region)
    calls = _calls(found.connections)
    components = {
        component.id: _component(
            found, component, network, calls.get(component.id, {}), f"{project}-{home.environment}"
        )
        for component in _in_order(placed.components)
    }
    model["components"] = with_cluster(placed, components, home.cloud, clusters)
    return model


def _zones(placed: PlacedResources, network: FoundNetwork, cloud: str, region: str) -> dict[str, Any]:
    """The zones of the network, or those that resources state; `assumed` if these are too few to be all that are used."""
    if network.zones:
        return {"availability_zones": list(network.zones)}
    facts = cloud_bases()[cloud]
    stated = {
        zone
        for resource in placed.index.resources
        for name in ("zone", "location", "node_locations", "distribution_policy_zones")
        for zone in texts_of(resource.values.get(name))
        if zone.startswith(region) and not facts.misnamed(zone, zone=True)
    }
    if len(stated) > 1:
        return {"availability_zones": sorted(stated)}
    # A model with a network needs zones; most regions have these two: https://docs.cloud.google.com/compute/docs/regions-zones
    return {"availability_zones": sorted({*stated, f"{region}-b", f"{region}-c"}), "assumed": ["availability_zones"]}


def environment_rank(environment: str) -> tuple[int, str]:
    """What sorts environments as they are usually listed, from development to production; unknown names are in between."""
    order = [*dict.fromkeys(_ENVIRONMENTS.values())]
    title = _ENVIRONMENTS.get(environment)
    return (order.index(title) * 2 if title else 2 * len(order) - 3, environment)


def in_usual_order(by_place: Mapping[tuple[str, str], T]) -> dict[tuple[str, str], T]:
    """What is given for clouds and environments, in the usual order of environments."""
    return dict(sorted(by_place.items(), key=lambda item: (item[0][0], environment_rank(item[0][1]))))


def with_severities(text: str, tolerated: Iterable[str]) -> str:
    """The text of a model that was imported, in which rules report warnings instead of errors."""
    severities = dict.fromkeys(sorted(set(tolerated)), "warning")
    return "\n".join([text, "rules:", *entry("severities", severities, 2, 2), ""]) if severities else text


def _in_order(components: Iterable[FoundComponent]) -> list[FoundComponent]:
    """Components by what people use them for, in the order of the reference."""
    tasks = list(TASKS)
    return sorted(components, key=lambda c: (tasks.index(usable_kinds()[c.kind].used_to), c.kind, c.id))


def _network(network: FoundNetwork, cloud: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"tiers": {tier.id: _tier(tier) for tier in network.tiers}}
    name = as_mapping(network.resource.values.get("tags")).get("Name") or network.resource.values.get("name")
    if is_identifier(name):
        facts = {"identifier": name, **facts}
    fields = cloud_classes()[cloud].network.model_fields
    usual = {key: fields[key].default for key in network.own}
    unknown = [key for key, value in network.own.items() if value is None]
    own = {
        key: usual[key] if value is None else value
        for key, value in network.own.items()
        if value is not True or usual[key] is not True
    }
    own |= network.tier_roles | ({"assumed": unknown} if unknown else {})
    return {**facts, **({cloud: own} if own else {})}


def is_identifier(name: Any) -> bool:
    """Whether a model can state a name as the literal name of a resource. One that looks like a secret is not written."""
    try:
        _IDENTIFIER.validate_python(name)
    except ValidationError:
        return False
    return bool(name) and without_secrets(name) == name


def _tier(tier: FoundTier) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": title_of(tier.id), "internet": tier.internet or "none"}
    facts |= {"prefix_length": tier.prefix_length, "netnum": tier.netnum}
    unsure = [key for key, unknown in (("internet", tier.internet is None), ("netnum", not tier.regular)) if unknown]
    return facts | ({"assumed": unsure} if unsure else {})


def _calls(connections: Iterable[FoundConnection]) -> dict[str, dict[str, dict[str, Any]]]:
    calls: dict[str, dict[str, dict[str, Any]]] = {}
    for connection in connections:
        calls.setdefault(connection.caller, {})[connection.called] = dict(connection.states)
    return calls


def further_places(places: FoundPlaces, region: str) -> dict[str, Any]:
    """The further networks and the sites as a model of a region states them. Of a site, the files only say that it exists."""
    networks = {id_: _further_network(network, region) for id_, network in places.networks.items()}
    sites = {
        id_: {"name": title_of(site.name), "form": "other", "assumed": ["form"]} for id_, site in places.sites.items()
    }
    return ({"networks": networks} if networks else {}) | ({"sites": sites} if sites else {})


def _further_network(network: FoundFurtherNetwork, region: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": title_of(network.name)}
    match = _ARN.match(str(network.resource.values.get("arn", ""))) if network.resource else None
    if network.resource is None:
        facts["purpose"] = "The other end of a peering, which is in none of the files."
    elif match and match[1] not in ("", region):
        facts["purpose"] = f"In the region {match[1]}."
    facts |= {"identifier": network.identifier} if is_identifier(network.identifier) else {}
    facts |= {"cidr": network.cidr} if network.cidr else {}
    tiers = {
        id_: {"name": title_of(id_), "internet": internet or "none"} | ({} if internet else {"assumed": ["internet"]})
        for id_, internet in network.tiers.items()
    }
    return facts | ({"tiers": tiers} if tiers else {})


def _component(
    found: FoundModel, component: FoundComponent, network: FoundNetwork | None, calls: dict[str, Any], prefix: str
) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": component.kind, "title": title_of(component.id)}
    if is_identifier(component.named) and component.named != f"{prefix}-{component.id}":
        facts["identifier"] = component.named
    if product := component.product or component.assumed.get("product"):
        facts |= {"product": product} | ({} if component.product else {"assumed": ["product"]})
    placed = found.placed
    place = _place(found, component, network)
    facts |= place | ({"assumed": unsure} if (unsure := [*facts.get("assumed", ()), *place.get("assumed", ())]) else {})
    lacking = incomplete_blocks(component)
    facts |= {key: value for key, value in nested(component.settings).items() if key not in lacking}
    facts |= _required(component, facts, network)
    if pools := found.node_pools.get(component.id):
        facts["node_pools"] = {id_: pool.facts for id_, pool in pools.items()}
    if component.kind == "key-management" and (protected := _users_of(placed, component)):
        facts["protects"] = protected
    if not is_object(component):
        facts["terraform_addresses"] = list(component.addresses)
    if calls:
        facts["calls"] = calls
    return facts


def _users_of(placed: PlacedResources, key: FoundComponent) -> list[str]:
    """The components whose resources refer to a key."""
    users = {
        other.id
        for resource in (*key.resources, *key.parts)
        for user in placed.index.all_to(resource)
        if (other := placed.component_of(user)) and other is not key
    }
    return sorted(users)


def _place(found: FoundModel, component: FoundComponent, network: FoundNetwork | None) -> dict[str, Any]:
    """The tier and the zones of a component; `managed` with `assumed` if its usual place is a tier that is not known."""
    placed = found.placed
    usual = usable_kinds()[component.kind].usual_placement
    outside = usual in (OUTSIDE, EDGE, MANAGED)
    if "placement" in component.settings:
        return {}
    subnets = {subnet.key for subnet in subnets_of(placed, component)}
    if not outside and (elsewhere := place_in_further_network(found.places, subnets)):
        return {"placement": elsewhere}
    if network is None:
        return {} if outside else {"placement": MANAGED, "assumed": ["placement"]}
    if not subnets and not outside and (reserved := tier_in_network(placed, component, network)):
        return {"placement": reserved}
    for tier in network.tiers:
        inside = [zone for zone, subnet in tier.subnets.items() if subnet.key in subnets]
        if inside and outside:
            return _endpoints(found, component, tier, network)
        if inside:
            unclear = not known_subnets(placed, component)
            known = _knows_zones(component.kind) or not network.zones or unclear
            return {"placement": tier.id} | ({} if known or not all(inside) else {"zones": inside})
    return {} if outside else {"placement": MANAGED, "assumed": ["placement"]}


def _endpoints(found: FoundModel, component: FoundComponent, tier: FoundTier, network: FoundNetwork) -> dict[str, Any]:
    """The tier in which a managed service has addresses; the nodes of a cluster are there, too, if its node pools state no other."""
    has_nodes = "nodes_in" in usable_kinds()[component.kind].model_fields
    nodes = {"nodes_in": _tier_of_nodes(found, component, network) or tier.id} if has_nodes else {}
    return nodes if has_nodes and not network.has_range else {"endpoint_in": [tier.id], **nodes}


def _tier_of_nodes(found: FoundModel, component: FoundComponent, network: FoundNetwork) -> str:
    """The tier of the subnets that the node pools of a cluster name; empty if they name none, or subnets of several tiers."""
    pools = found.node_pools.get(component.id, {}).values()
    named = {target.key for pool in pools for target in found.placed.index.all_from(pool.resource)}
    tiers = [tier.id for tier in network.tiers if any(subnet.key in named for subnet in tier.subnets.values())]
    return tiers[0] if len(tiers) == 1 else ""


def _knows_zones(kind: str) -> bool:
    """Whether a kind says by its other settings in which zones its copies are, as a database with a standby does."""
    return usable_kinds()[kind].members is not Component.members


def _required(component: FoundComponent, facts: Mapping[str, Any], network: FoundNetwork | None) -> dict[str, Any]:
    """Settings that the kind has to know or has a default for, and that the files do not state: they are assumed."""
    found: dict[str, Any] = {}
    for name, info in usable_kinds()[component.kind].model_fields.items():
        if name in facts or name in Component.model_fields:
            continue
        default = component.assumed.get(name, info.get_default(call_default_factory=True))
        if name == "nodes_in":
            default = _usual_tier(default, network)
        known = name in component.assumed or not info.is_required()
        if known and isinstance(default, (bool, int, str)) and default not in (None, ""):
            found[name] = default
    return found | ({"assumed": sorted({*facts.get("assumed", ()), *found})} if found else {})


def _usual_tier(usual: str, network: FoundNetwork | None) -> str | None:
    """The usual tier, or the first one that the internet does not reach, if the network does not have that one; None without any."""
    tiers = network.tiers if network else []
    inner = [tier.id for tier in tiers if tier.internet != "both"] or [tier.id for tier in tiers]
    return usual if usual in inner else next(iter(inner), None)


def name_of(components: Iterable[FoundComponent], environment: str) -> str:
    """The name of the system: what most names of its resources begin with, without the environment."""
    names = [re.split(r"[-_/.]", component.named) for component in components if component.named]
    common: list[str] = []
    for length in range(1, 4):
        first = [tuple(words[:length]) for words in names if len(words) > length]
        best = max(sorted(set(first)), key=first.count, default=())
        if len(names) < 2 or first.count(best) * 2 <= len(names):
            break
        common = list(best)
    while common and common[-1] == environment:
        common.pop()
    return title_of(slug("-".join(common))) if common else "Imported system"


def as_yaml(model: Mapping[str, Any], sources: Iterable[str]) -> str:
    """The text of the model's file."""
    lines = [
        "# yaml-language-server: $schema=./schema/architecture.schema.json",
        "#",
        f"# Written by `archgen import` from {', '.join(sources)}. `assumed` marks what the files do not state.",
    ]
    for key, value in model.items():
        if key in _PARTS:
            lines += ["", f"{key}:"]
            for name, child in value.items():
                lines += entry(name, child, 2, 2)
        else:
            lines.append(f"{key}: {written(value)}")
    return "\n".join(lines) + "\n"
