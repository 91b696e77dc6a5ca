"""Diagnostics for the regions of a cloud, and for components and networks in regions that do not exist or contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE, Component
from archgen.model.document import Cloud
from archgen.model.regions import HOME, RECOVERY


def check_regions(a: Architecture) -> Iterator[Diagnostic]:
    """A diagnostic for each region, network or component whose statement about regions cannot be right."""
    for cloud, stated in a.document.clouds.items():
        yield from _names(("clouds", cloud), stated)
        yield from zones_of_region(a, ("clouds", cloud), stated.region, stated.availability_zones)
        for id_, region in stated.regions.items():
            path: Path = ("clouds", cloud, "regions", id_)
            yield from zones_of_region(a, path, region.name, region.availability_zones)
    for id_, network in a.document.networks.items():
        if network.region:
            yield from _exists(a, ("networks", id_, "region"), network.region)
    for name, component in a.components.items():
        yield from _component(a, name, component)


def region_ids(a: Architecture) -> list[str]:
    """The IDs of the regions of all clouds of the model, with `home` and `recovery`, which every cloud can have."""
    further = (id_ for cloud in a.document.clouds.values() for id_ in cloud.regions)
    return list(dict.fromkeys((HOME, RECOVERY, *further)))


def zones_of_region(a: Architecture, path: Path, region: str, zones: tuple[str, ...]) -> Iterator[Diagnostic]:
    """A diagnostic for each zone that is listed twice, or whose name shows that it is in a different region."""
    for position, zone in enumerate(zones):
        at: Path = (*path, "availability_zones", position)
        if zone in zones[:position]:
            yield Diagnostic("ARC-M005", f"the zone '{zone}' is listed twice", "remove it, or name another zone", at)
        if a.clouds[str(path[1])].zones_begin_with_region and not zone.startswith(region):
            message = f"'{zone}' is not a zone of the region {region}"
            yield Diagnostic("ARC-M005", message, f"the names of its zones begin with {region}", at)


def _names(path: Path, cloud: Cloud) -> Iterator[Diagnostic]:
    """A diagnostic for each region that the model states twice. DR301 reports that both short forms name the same one."""
    taken = {cloud.region: HOME, **({cloud.recovery_region: RECOVERY} if cloud.recovery_region else {})}
    for id_, region in cloud.regions.items():
        at: Path = (*path, "regions", id_)
        if id_ == HOME:
            help_ = "remove it, and state its name with `region` and its zones with `availability_zones`"
            yield Diagnostic("ARC-M005", "the region 'home' is the `region` of the cloud", help_, at)
        elif id_ == RECOVERY and cloud.recovery_region:
            message = "the region 'recovery' is already stated with `recovery_region`"
            yield Diagnostic("ARC-M005", message, "remove one of them", at)
        elif region.name in taken:
            message = f"the regions '{taken[region.name]}' and '{id_}' have the same name, {region.name}"
            yield Diagnostic("ARC-M005", message, "remove one of them, or name another region", (*at, "name"))
        taken.setdefault(region.name, id_)


def _exists(a: Architecture, path: Path, id_: str) -> Iterator[Diagnostic]:
    """A diagnostic for a region that the cloud does not have."""
    if id_ in a.regions:
        return
    if id_ == RECOVERY:
        message = f"{a.facts.name} has no recovery region in this model"
        help_ = (
            f"add `recovery_region` to clouds.{a.coordinate.cloud}, or limit this to another cloud with `in` or `when`"
        )
        yield Diagnostic("ARC-R002", message, help_, path)
    elif id_ in region_ids(a):
        help_ = f"add it to clouds.{a.coordinate.cloud}.regions, or limit this to another cloud with `in` or `when`"
        yield Diagnostic("ARC-R002", f"the region '{id_}' does not exist on {a.facts.name}", help_, path)
    else:
        help_ = did_you_mean(id_, region_ids(a))
        yield Diagnostic("ARC-R001", f"the region '{id_}' does not exist", help_, path)


def _component(a: Architecture, name: str, component: Component) -> Iterator[Diagnostic]:
    path: Path = ("components", name)
    for id_ in component.regions:
        yield from _exists(a, (*path, "regions", id_), id_)
    if component.regions and all(id_ in a.regions for id_ in component.regions):
        yield from _contradiction(a, name, component)
    if not component.zones:
        return
    known = [zone for id_ in a.regions_of(component) or (HOME,) for zone in a.regions[id_].zones]
    for position, zone in enumerate(component.zones):
        if zone not in known:
            yield _unknown_zone(a, (*path, "zones", position), zone, component)


def _unknown_zone(a: Architecture, path: Path, zone: str, component: Component) -> Diagnostic:
    everywhere = [known for region in a.regions.values() for known in region.zones]
    if zone in everywhere:
        names = ", ".join(a.regions[id_].name for id_ in a.regions_of(component))
        message = f"'{zone}' is not a zone of {names}, where '{path[1]}' is"
        return Diagnostic("ARC-R001", message, "name a zone there, or state the region with `regions`", path)
    message = f"'{zone}' is not a zone of {a.facts.name} in this model"
    if any(zone in stated.availability_zones for stated in a.document.clouds.values()):
        cloud = a.coordinate.cloud
        help_ = f"it is one of another cloud. State the zones of this one: when: {{{cloud}: {{zones: [{', '.join(everywhere)}]}}}}"
        return Diagnostic("ARC-R001", message, help_, path)
    return Diagnostic("ARC-R001", message, did_you_mean(zone, everywhere), path)


def _contradiction(a: Architecture, name: str, component: Component) -> Iterator[Diagnostic]:
    """A diagnostic if the place of a component, or what it runs on, is in none of the regions that it states."""
    path: Path = ("components", name, "regions")
    place = a.place(component)
    if place in (OUTSIDE, EDGE):
        where = "outside the cloud" if place == OUTSIDE else "at the edge of the cloud"
        message = f"'{name}' is {where}, so it is in none of its regions"
        yield Diagnostic("ARC-M005", message, "remove `regions`, or choose a different `placement`", path)
        return
    if (of_network := _region_of_place(a, component)) and of_network not in component.regions:
        message = f"'{name}' is in '{place}', which is in the region '{of_network}', but `regions` does not have it"
        help_ = f"add `{of_network}: {{}}`, or choose a `placement` in one of these regions"
        yield Diagnostic("ARC-M005", message, help_, path)
    host = a.components.get(component.runs_on or "")
    there = a.regions_of(host) if host else {}
    for id_ in component.regions if there else ():
        if id_ not in there:
            message = f"'{name}' runs on '{component.runs_on}', which is not in the region '{id_}'"
            help_ = f"state the region in `regions` of '{component.runs_on}', too, or remove it here"
            yield Diagnostic("ARC-M005", message, help_, (*path, id_))


def _region_of_place(a: Architecture, component: Component) -> str:
    """The region of the network that a component is in; empty if it is in none, or if networks of the cloud span regions."""
    network = a.document.networks.get(a.network_of(component) or "")
    if network:
        return network.region or HOME
    own = component.place in a.tiers and a.facts.network_scope == "region" and not component.runs_on
    return HOME if own else ""
