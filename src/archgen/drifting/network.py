"""Compares the environment and its network: account, region, ranges, ways to the internet, and the tiers that components are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archgen.diagnostics.diagnostic import Path, dotted
from archgen.drifting.findings import Drift
from archgen.drifting.matching import Matches
from archgen.drifting.stated import StatedModel
from archgen.importing.found_network import FoundNetwork, FoundTier, range_of
from archgen.importing.modeling import Whereabouts
from archgen.importing.network import subnets_of
from archgen.importing.placing import PlacedResources
from archgen.importing.resource import Resource
from archgen.model.per_cloud import cloud_classes
from archgen.model.wording import value_text


def compare_account(model: StatedModel, there: Whereabouts) -> Iterator[Drift]:
    """The account, project or subscription of the environment, unless the files are of another one that the model has."""
    a, cloud = model.here, model.coordinate.cloud
    home = a.environment.on(cloud)
    numbered = cloud_classes()[a.facts.base].organization.numbered
    known = {a.number_of(id_) if numbered else id_ for id_ in (*a.homes, a.home)}
    stated = a.home_number if numbered else a.home
    if home and stated and there.account not in known:
        path = ("environments", model.coordinate.environment, cloud, home.key)
        yield from different_value(model, path, stated, there.account, ())


def network_of(model: StatedModel, networks: Sequence[FoundNetwork]) -> FoundNetwork | None:
    """The network of the files that is that of the environment: the one with its range, or the only one; None if there is none.

    If the model only assumes its range, the only one is not known to be the same.
    """
    if not model.here.document.network:
        return None
    same = [network for network in networks if network.cidr == model.here.cidr or _has_range_of(model, network)]
    only = len(networks) == 1 and not model.is_assumed(_range_of(model))
    return same[0] if same else networks[0] if only else None


def _has_range_of(model: StatedModel, network: FoundNetwork) -> bool:
    """Whether a network without a range has a subnet of the model."""
    ranges = {str(range_of(subnet)) for tier in network.tiers for subnet in tier.subnets.values()}
    return not network.has_range and any(subnet.cidr in ranges for subnet in model.here.subnets)


def _range_of(model: StatedModel) -> Path:
    return ("environments", model.coordinate.environment, model.coordinate.cloud, "cidr")


def compare_network(
    model: StatedModel, network: FoundNetwork, left_out: Sequence[Resource], *, partial: bool
) -> Iterator[Drift]:
    """The range of the network, its subnets, and its ways to the internet. No subnet is missing from `partial` files."""
    cloud = model.coordinate.cloud
    address = (network.resource.address,)
    if model.here.cidr != network.cidr and network.has_range:
        yield from different_value(model, _range_of(model), model.here.cidr, network.cidr, address)
        return  # everything in it has other ranges, too
    region = model.here.cloud.region
    places = network.zones or sorted({place for tier in network.tiers for place in tier.subnets if place})
    if places and not any(place.startswith(region) for place in places):
        yield from different_value(model, ("clouds", cloud, "region"), region, ", ".join(places), address)
    for key, actual in network.own.items():
        path: Path = ("network", cloud, key)
        stated, is_stated = model.value(path)
        lacks = actual in (False, "none")  # which another stack may have
        if is_stated and isinstance(actual, (str, bool)) and not (partial and lacks):
            yield from different_value(model, path, stated, actual, address)
    certain = not partial and not any({"cidr_block", "ip_cidr_range", "address"} & r.unknown for r in left_out)
    yield from _subnets(model, network, certain=certain, partial=partial)


def _subnets(model: StatedModel, network: FoundNetwork, *, certain: bool, partial: bool) -> Iterator[Drift]:
    tiers = tiers_of(model, network)
    irregular = {tier.id for id_, tier in tiers.items() if _has_assumed_ranges(model, id_)}
    ranges = {str(range_of(subnet)) for tier in network.tiers for subnet in tier.subnets.values()}
    for id_ in model.here.tiers:
        path: Path = ("network", "tiers", id_)
        expected = () if _has_assumed_ranges(model, id_) else model.here.subnets_of(id_)
        lacking = [range_ for range_ in expected if range_ not in ranges]
        if lacking and certain:
            message = f"the files have no subnet {', '.join(lacking)} of the tier '{id_}'"
            yield Drift("missing", path, (), message, model=", ".join(lacking), at=model.span(path))
        internet = tiers[id_].internet if id_ in tiers else None
        if internet is not None and not (partial and internet == "none"):  # another stack may have the way
            addresses = [subnet.address for subnet in tiers[id_].subnets.values()]
            yield from different_value(
                model, (*path, "internet"), model.here.tiers[id_].internet, internet, addresses[:1]
            )
    modeled = {subnet.cidr for subnet in model.here.subnets}
    for tier in network.tiers:
        for subnet in tier.subnets.values():
            range_ = str(range_of(subnet))
            if range_ not in modeled and tier.id not in irregular:
                message = f"the model has no subnet {range_}"
                yield Drift("not-modeled", (), (subnet.address,), message, file=range_)


def _has_assumed_ranges(model: StatedModel, tier: str) -> bool:
    return any(model.is_assumed(("network", "tiers", tier, key)) for key in ("netnum", "prefix_length"))


def tiers_of(model: StatedModel, network: FoundNetwork) -> dict[str, FoundTier]:
    """The tiers of the files by their ID in the model: those with one of its ranges, or with its ID if the ranges are assumed."""
    found: dict[str, FoundTier] = {}
    for id_ in model.here.tiers:
        ranges = set(model.here.subnets_of(id_))
        assumed = _has_assumed_ranges(model, id_)
        for tier in network.tiers:
            inside = {str(range_of(subnet)) for subnet in tier.subnets.values()}
            if ranges & inside or (assumed and tier.id == id_):
                found.setdefault(id_, tier)
    return found


def compare_places(
    model: StatedModel, network: FoundNetwork, placed: PlacedResources, matches: Matches
) -> Iterator[Drift]:
    """The tiers and zones that components are in, as far as both sides state them."""
    tiers = tiers_of(model, network)
    for id_, those in matches.found.items():
        place = model.here.components[id_].place
        if place not in tiers or model.is_assumed(("components", id_, "placement")):
            continue
        subnets = {subnet.key for found in those for subnet in subnets_of(placed, found)}
        zones = _zones_by_tier(tiers, subnets)
        addresses = [address for found in those for address in found.addresses]
        path: Path = ("components", id_, "placement")
        if zones and place not in zones:
            yield from different_value(model, path, place, ", ".join(zones), addresses)
        elif zones and network.zones and (stated := model.here.components[id_].zones) and {*stated} != {*zones[place]}:
            yield from different_value(
                model, ("components", id_, "zones"), sorted(stated), sorted(zones[place]), addresses
            )


def _zones_by_tier(tiers: Mapping[str, FoundTier], subnets: set[tuple[str, str]]) -> dict[str, list[str]]:
    found = {id_: [z for z, subnet in tier.subnets.items() if subnet.key in subnets] for id_, tier in tiers.items()}
    return {id_: zones for id_, zones in found.items() if zones}


def different_value(
    model: StatedModel, path: Path, stated: Any, actual: Any, addresses: Sequence[str]
) -> Iterator[Drift]:
    """The difference between two values; none if the files do not state one, or if the model only assumes its own."""
    if actual in ("", None) or stated == actual or model.is_assumed(path):
        return
    one, other = value_text(stated), value_text(actual)
    near = path if model.span(path) else path[:2]
    yield Drift(
        "different",
        path,
        tuple(addresses),
        f"{dotted(path)} is {one} in the model, and {other} in the files",
        model=one,
        file=other,
        at=model.span(near),
        condition=model.condition(near),
    )
