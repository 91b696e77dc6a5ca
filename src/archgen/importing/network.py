"""Finds networks, the one of the environment, and which of their tiers components are in."""

from __future__ import annotations

from archgen.importing import regional_network, zonal_network
from archgen.importing.found_network import FoundNetwork
from archgen.importing.placing import FoundComponent, PlacedResources
from archgen.importing.resource import Resource

SUBNETS = (*zonal_network.SUBNETS, *regional_network.SUBNETS)
NETWORKS = (*zonal_network.VPCS, *regional_network.NETWORKS)


def find_networks(placed: PlacedResources) -> list[FoundNetwork]:
    """The networks, the one with the most subnets first."""
    found = [*zonal_network.find_zonal_networks(placed), *regional_network.find_regional_networks(placed)]
    return sorted(found, key=lambda network: (-sum(len(t.subnets) for t in network.tiers), network.resource.address))


def network_of_environment(networks: list[FoundNetwork]) -> FoundNetwork | None:
    """The network that a model states for the environment; None if none can be stated."""
    return networks[0] if networks and networks[0].is_usable else None


def subnets_of(placed: PlacedResources, component: FoundComponent) -> list[Resource]:
    """The subnets that the resources of a component refer to, directly or through its parts."""
    found: dict[tuple[str, str], Resource] = {}
    for resource in (*component.resources, *component.parts):
        for target in placed.index.all_from(resource):
            if target.type in SUBNETS:
                found[target.key] = target
    return list(found.values())


def known_subnets(placed: PlacedResources, component: FoundComponent) -> bool:
    """Whether the subnets of a component are those that it is in: of an attribute for one subnet, a plan may name all of a block."""
    for resource in (*component.resources, *component.parts):
        for attribute, targets in placed.index.targets[resource.key].items():
            if attribute.endswith("_id") and sum(target.type in SUBNETS for target in targets) > 1:
                return False
    return True


def tier_in_network(placed: PlacedResources, component: FoundComponent, network: FoundNetwork) -> str:
    """The tier of a managed service that only refers to the network: the one that is reserved for them; empty if there is none."""
    reserved = network.tier_roles.get("private_services_tier", "")
    inside = (*component.resources, *component.parts)
    refers = any(target is network.resource for resource in inside for target in placed.index.all_from(resource))
    return reserved if refers else ""
