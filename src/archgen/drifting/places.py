"""Compares further networks, what is in them, and what links join."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.drifting.findings import Drift, Uncompared
from archgen.drifting.matching import Matches
from archgen.drifting.network import different_value
from archgen.drifting.settings import Compared, compare_value
from archgen.drifting.stated import StatedModel
from archgen.importing.found_network import FoundNetwork
from archgen.importing.found_places import FoundFurtherNetwork, FoundPlaces, place_in_further_network
from archgen.importing.network import subnets_of
from archgen.importing.placing import FoundComponent, PlacedResources
from archgen.model.places import ENVIRONMENT

Names = Mapping[str, tuple[str, ...]]


def names_of_places(model: StatedModel, places: FoundPlaces, network: FoundNetwork | None) -> Names:
    """The IDs in the model of each network and site of the files, by its ID there; none if the model does not have it.

    `network` is the network of the files that is that of the environment.
    """
    here = (ENVIRONMENT, model.coordinate.environment)
    found = {id_: _networks_like(model, id_, further) for id_, further in places.networks.items()}
    own = next((id_ for key, id_ in places.ids.items() if network and network.resource.key == key), ENVIRONMENT)
    found |= {own: here} if network else {}
    return found | {id_: (id_,) for id_ in places.sites if id_ in model.here.document.sites}


def _networks_like(model: StatedModel, id_: str, found: FoundFurtherNetwork) -> tuple[str, ...]:
    """The networks of the model with the name or the range of one of the files, or with its ID if the model states neither."""
    networks = model.here.document.networks
    named = [name for name, one in networks.items() if found.identifier and one.identifier == found.identifier]
    ranged = [name for name, one in networks.items() if found.cidr and one.cidr == found.cidr]
    if named or ranged:
        return tuple(named or ranged)
    same = networks.get(id_)
    return (id_,) if same and not (same.identifier and found.identifier) and not (same.cidr and found.cidr) else ()


def compare_further_networks(model: StatedModel, places: FoundPlaces, names: Names) -> Iterator[Drift]:
    """The further networks that the model does not have, and those with another range."""
    for id_, found in places.networks.items():
        if found.resource is None:
            continue
        if not names.get(id_):
            message = f"the model has no network that is {found.resource.address}"
            yield Drift("not-modeled", (), (found.resource.address,), message, file=found.cidr or found.identifier)
        elif names[id_][0] in model.here.document.networks and found.cidr:
            path: Path = ("networks", names[id_][0], "cidr")
            stated, is_stated = model.value(path)
            if is_stated:
                yield from different_value(model, path, stated, found.cidr, (found.resource.address,))


def compare_joined(model: StatedModel, id_: str, found: FoundComponent, matches: Matches, names: Names) -> Compared:
    """What a link joins in the model and in the files, in any order."""
    path: Path = ("components", id_, "joins")
    value, source = found.settings["joins"]
    address, _, attribute = source.partition(": ")
    stated = model.value(path)[0] or ()
    joined = [names.get(name) or matches.ids_of(name) for name in value]
    if not all(joined):
        return Compared(path, unknown=Uncompared(path, address, "it joins something that is not in the model"))
    actual = [next((name for name in those if name in stated), those[0]) for those in joined]
    return compare_value(model, path, actual, (address,), attribute)


def compare_places_elsewhere(
    model: StatedModel, places: FoundPlaces, placed: PlacedResources, matches: Matches, names: Names
) -> Iterator[Drift]:
    """The networks of components that are in another network than that of the environment, in the model or in the files."""
    for id_, those in matches.found.items():
        path: Path = ("components", id_, "placement")
        stated: Any = model.here.components[id_].place
        network, _, tier = str(stated).partition("/")
        subnets = {subnet.key for found in those for subnet in subnets_of(placed, found)}
        actual = place_in_further_network(places, subnets) if subnets else ""
        there, _, row = actual.partition("/")
        ids = names.get(there, ())
        in_network = network in model.here.document.networks or stated in model.here.tiers
        if not ids or not in_network or model.is_assumed(path):
            continue
        known: Collection[str] = model.here.document.networks[ids[0]].tiers if ids[0] not in _own(model) else ()
        if network not in ids or (tier and row in known and row != tier):
            text = f"{ids[0]}/{row}" if row else ids[0]
            addresses = [address for found in those for address in found.addresses]
            yield from different_value(model, path, stated, text, addresses)


def _own(model: StatedModel) -> tuple[str, str]:
    return ENVIRONMENT, model.coordinate.environment
