"""Whether a component survives the loss of a region, and what its other regions mean for the loss of a zone.

What is active in another region goes on. What is passive there fails until it is failed over, which is neither a plain yes nor a no. What
does not say where it is, is where its network is, or in the region `home` if it is known to be in one region; otherwise nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from archgen.analysis.survival import Survival, is_everywhere, survives_in_its_region
from archgen.model.answer import Lack, no, unknown, yes
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE, Component
from archgen.model.links import links
from archgen.model.places import ENVIRONMENT
from archgen.model.regions import HOME, RegionRole, RegionUse

_READY = ("read-replica", "global-database")  # copies that are promoted; others are restored from backups


def survives_region(a: Architecture, name: str, region: str) -> Survival:
    """Whether a component itself survives the loss of a region, whatever happens to the components that it needs."""
    component = a.components[name]
    place = a.place(component)
    if place == OUTSIDE:
        return Survival(yes("it is outside the cloud"))
    if everywhere := is_everywhere(a, name):
        return Survival(everywhere)
    if component.joins_places and not component.regions:
        return _link_survives(a, name, region)
    own = component.regions or component.zones
    if not own and (host := a.components.get(component.runs_on or "")):
        return Survival(yes(f"it runs on {host.title}, and goes where that goes"))
    if place == EDGE:
        return Survival(yes("it is at the edge of the cloud, outside its regions"))
    if lack := _lack_of_regions(a, name):
        return Survival(unknown(lack))
    uses = a.regions_of(component)
    copies = getattr(getattr(component, "disaster_recovery", None), "strategy", None)
    if region not in uses:
        lost = copies and a.regions[region].name == a.recovery_region
        return Survival(
            yes(f"it is in {_names(a, uses)} only"), f"its copies in {a.recovery_region} are lost" if lost else ""
        )
    elsewhere = a.recovery_region if copies in _READY and a.recovery_region != a.regions[region].name else None
    return _with_others(a, uses, region, Survival(no("it is in this region only"), failover=elsewhere or ""))


def _link_survives(a: Architecture, name: str, region: str) -> Survival:
    """A link is lost with each region in which it joins a network; one between sites only is in none."""
    there = link_regions(a, name)
    if region in there:
        return Survival(no("it joins networks in this region"))
    return Survival(yes(f"it joins networks in {_names(a, there)} only" if there else "it joins sites only"))


def link_regions(a: Architecture, name: str) -> list[str]:
    """The regions of the networks that a link joins, directly or through other links."""
    found = links(a.components)
    places, waiting = dict.fromkeys([name]), [name]
    while waiting:
        link = found.get(waiting.pop())
        fresh = [id_ for id_ in (link.joins if link else ()) if id_ not in places]
        places.update(dict.fromkeys(fresh))
        waiting += fresh
    own = a.coordinate.environment
    return list(dict.fromkeys(r for id_ in places for r in a.regions_of_network(own if id_ == ENVIRONMENT else id_)))


def survives_zone(a: Architecture, name: str, zone: str, region: str = HOME) -> Survival:
    """Whether a component itself survives the loss of a zone of a region, whatever happens to the components that it needs."""
    component = a.components[name]
    uses = a.regions_of(component)
    if uses.keys() <= {region} or is_everywhere(a, name):
        return survives_in_its_region(_at(a, name, region), name, zone)
    if region not in uses:
        lack = _lack_of_regions(a, name)
        return Survival(unknown(lack) if lack else yes(f"it is in {_names(a, uses)} only"))
    return _with_others(a, uses, region, survives_in_its_region(_at(a, name, region), name, zone))


def zones_to_lose(a: Architecture, name: str) -> list[Survival]:
    """Whether a component survives the loss of each zone of the regions that it is in.

    Where the model states no zones, there is one answer about any of them, since what is regional survives it.
    """
    there = a.regions_of(a.components[name]) or (HOME,)
    return [survives_zone(a, name, zone, region) for region in there for zone in a.regions[region].zones or ("",)]


def is_active_in_several(a: Architecture, component: Component) -> bool:
    """Whether a component works in several regions all the time, so that the loss of one of them does not stop it."""
    return list(a.regions_of(component).values()).count("active") > 1


def used_regions(a: Architecture) -> list[str]:
    """The IDs of the regions that something in the architecture is in, and `home`; a recovery region may be kept for copies only."""
    used = {HOME}.union(*(a.regions_of(component) for component in a.components.values()))
    return [id_ for id_ in a.regions if id_ in used]


def is_in_several_regions(a: Architecture) -> bool:
    """Whether anything in the architecture is in a region other than `home`."""
    return len(used_regions(a)) > 1


def known_regions(a: Architecture, name: str) -> dict[str, RegionRole] | None:
    """The regions that a component is in, each with its role; None if that is not known, or if it is in no particular region."""
    uses = dict(a.regions_of(a.components[name]))
    return None if not uses or is_everywhere(a, name) or _lack_of_regions(a, name) else uses


def active_zones(a: Architecture, component: Component) -> frozenset[str]:
    """The zones that a component states, without those of regions in which it is used only after a failover."""
    uses = a.regions_of(component)
    passive = {zone for id_, role in uses.items() if role == "passive" for zone in a.regions[id_].zones}
    active = {zone for id_, role in uses.items() if role == "active" for zone in a.regions[id_].zones}
    return frozenset(component.zones) - (passive - active)


def network_in_region(a: Architecture, region: str, tier: str) -> str | None:
    """The only further network of a region that has a tier of this name, with the tier, as in `asia/app`; None if none or several do."""
    names = [id_ for id_, network in a.document.networks.items() if network.region == region and tier in network.tiers]
    return f"{names[0]}/{tier}" if len(names) == 1 else None


def _at(a: Architecture, name: str, region: str) -> Architecture:
    """The architecture as one of its components has it in a region: with the zones of that region only."""
    component, there = a.components[name], a.regions[region]
    zones = tuple(zone for zone in component.zones if zone in there.zones)
    if region == HOME and zones == component.zones:
        return a
    cloud = a.cloud.model_copy(update={"region": there.name, "availability_zones": there.zones})
    document = a.document.model_copy(update={"clouds": {**a.document.clouds, a.coordinate.cloud: cloud}})
    alone = component.model_copy(update={"zones": zones, "regions": {HOME: RegionUse()}})
    return replace(a, document=document, components={**a.components, name: alone})


def _with_others(a: Architecture, uses: Mapping[str, RegionRole], region: str, alone: Survival) -> Survival:
    """What happens to a component in one of its regions, `alone`, together with its other regions."""
    place, others = a.regions[region].name, [id_ for id_ in uses if id_ != region]
    active = [id_ for id_ in others if uses[id_] == "active"]
    if alone.answer.truth == "yes" or not others:
        return alone
    if not active:
        failed = alone.answer.truth == "no"
        return replace(alone, failover=_names(a, others) if failed else "")
    if uses[region] == "passive":
        why, weakened = f"it is only kept ready in {place}", f"can no longer be failed over to {place}"
    else:
        why, weakened = f"it also runs in {_names(a, active)}", f"no longer runs in {place}"
    return Survival(yes(why), weakened if alone.answer.truth == "no" else "")


def _lack_of_regions(a: Architecture, name: str) -> Lack | None:
    """What is missing to know which regions a component is in, or for one in none, whether it survives the loss of one; None if nothing is.

    A service that is not known to be regional may be in several regions, as data in a multi-region is.
    """
    component = a.components[name]
    if a.is_global(component) and (product := a.product(component)):
        what = f"whether {product.name}, which '{name}' uses, survives the loss of a region"
        return Lack(("components", name), what, "state `traits: {redundancy: global}` if its vendor says so")
    if component.regions or component.zones or component.placement == MANAGED:
        return None
    if (host := component.runs_on or "") in a.components:
        return _lack_of_regions(a, host)
    traits = a.traits(name)
    if a.place(component) != MANAGED or component.tier_of_members() or traits.redundancy or traits.copies is not None:
        return None
    product = a.product(component)
    subject = f"{product.name}, which '{name}' uses," if product else f"'{name}'"
    help_ = "state `regions` with the regions that it is in, or `traits: {redundancy: global}`"
    return Lack(("components", name), f"whether {subject} is in one region only", help_)


def _names(a: Architecture, regions: Iterable[str]) -> str:
    return ", ".join(a.regions[id_].name for id_ in regions)
