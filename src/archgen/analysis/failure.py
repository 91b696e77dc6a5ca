"""The effects of a failure: what stops, what is degraded, who is cut off, which flows break, and what cannot be said.

What a component needs is in `dependence`, and what follows from a loss in `effects`.

The effects are computed twice: from what fails for certain, and from that together with everything of which the model does not say
whether it fails. What only the second computation finds is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field, replace

from archgen.analysis.crossings import places_of
from archgen.analysis.effects import effects, needed_by
from archgen.analysis.interrupted_flows import interrupted_flows
from archgen.analysis.regions import survives_region, survives_zone
from archgen.analysis.staleness import stale, undirected_with
from archgen.analysis.survival import Survival
from archgen.kinds.single_sign_on import SingleSignOn
from archgen.model.answer import Answer, Lack
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE, Component
from archgen.model.per_cloud import NetworkFacts
from archgen.model.regions import HOME
from archgen.model.remembered import remembered
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Impact:
    """The effects of a failure.

    Certain: `failed` are the ids of the components that fail themselves; `stopped`, `degraded`, `cut_off` and `stale` (what gets
    nothing new) map ids to reasons; `flows` maps the id of each flow that breaks to the position of the first step that fails, and `late`
    that of each flow of which a part waits in a queue until what failed is back.

    Not certain: `unknown` maps the id of each component of which the model does not say whether it fails to what is missing;
    `may_stop`, `may_be_cut_off` and `may_break` are what stops, is cut off and breaks in addition if all of them fail.
    `may_be_stale` gets data from what is down, but on a way on which other data still arrives, or from what may be down.

    `after_failover` maps the ids of what fails or stops only until it, or what it needs, is failed over to another region, to a phrase
    that says so ("until it is failed over to eu-west-1").

    `undirected` are the ids of the connections with what fails or stops for which the model does not state which way the data goes,
    so that `stale` may be incomplete.

    `survivors` maps ids to the reasons why the components do not fail themselves; it is empty if only one component fails.
    """

    what: str
    failed: tuple[str, ...]
    stopped: Mapping[str, str]
    degraded: Mapping[str, str]
    flows: Mapping[str, int]
    cut_off: Mapping[str, str] = field(default_factory=dict)
    stale: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, tuple[Lack, ...]] = field(default_factory=dict)
    may_stop: Mapping[str, str] = field(default_factory=dict)
    may_break: Mapping[str, int] = field(default_factory=dict)
    may_be_cut_off: Mapping[str, str] = field(default_factory=dict)
    may_be_stale: Mapping[str, str] = field(default_factory=dict)
    survivors: Mapping[str, str] = field(default_factory=dict)
    undirected: tuple[str, ...] = ()
    late: Mapping[str, int] = field(default_factory=dict)
    after_failover: Mapping[str, str] = field(default_factory=dict)

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Everything that is missing for a certain answer, each once."""
        return tuple(dict.fromkeys(lack for lacks in self.unknown.values() for lack in lacks))

    @property
    def stays_down(self) -> tuple[str, ...]:
        """What fails or stops, without what does so only until a failover."""
        return tuple(name for name in (*self.failed, *self.stopped) if name not in self.after_failover)


def of_component(a: Architecture, component: str) -> Impact:
    """The effects of losing a component. Raises KeyError if the architecture does not have it."""
    return _impact(a, a.components[component].title, [component], {}, {})


def of_site(a: Architecture, site: str) -> Impact:
    """The effects of losing a site outside the cloud, with all systems at it; people at it are cut off.

    Raises KeyError if the model does not have the site.
    """
    title = a.document.sites[site].name
    there = {name: component for name, component in a.components.items() if a.site_of(component) == site}
    failed = [name for name, component in there.items() if not component.person]
    people = {name: f"is at {title}" for name, component in there.items() if component.person}
    impact = _impact(a, title, failed, {}, {}, (site,))
    may = {name: why for name, why in impact.may_be_cut_off.items() if name not in people}
    return replace(impact, cut_off={**impact.cut_off, **people}, may_be_cut_off=may)


def of_network(a: Architecture, network: str) -> Impact:
    """The effects of losing a further network, with everything in it and all ways through it.

    Raises KeyError if the model does not have the network.
    """
    name = a.document.networks[network].name
    failed, weakened = [], {}
    for id_, component in a.components.items():
        places = places_of(a, id_)
        if a.network_of(component) == network:
            failed.append(id_)
        elif network in places and len(places) > 1 and not component.runs_on:
            passive = [a.regions_of(component).get(region) for region in a.regions_of_network(network)] == ["passive"]
            weakened[id_] = f"can no longer be failed over to {name}" if passive else f"no longer runs in {name}"
    return _impact(a, name, failed, weakened, {}, (network,))


def of_home(a: Architecture, home: str) -> Impact:
    """The effects of losing everything in an account, project or subscription, with its networks and all ways through them."""
    failed = [name for name, component in a.components.items() if _home(a, component) == home]
    networks = [id_ for id_, network in a.document.networks.items() if (network.home or a.home) == home]
    environments = [id_ for id_ in a.document.environments if a.home_of(id_) == home]
    return _impact(a, a.home_name(home), failed, {}, {}, (*networks, *environments))


def is_own_service(a: Architecture, component: Component) -> bool:
    """Whether a component is a service of this cloud that is not at a site, even if the model places it outside, such as a pipeline."""
    return a.is_own_product(component) and not a.site_of(component)


def of_cloud(a: Architecture) -> Impact:
    """The effects of losing the whole cloud, with all networks in it."""
    failed = [
        name
        for name, component in a.components.items()
        if a.place(component) != OUTSIDE or is_own_service(a, component)
    ]
    return _impact(a, a.facts.full_name, failed, {}, {}, (*a.document.environments, *a.document.networks))


def _home(a: Architecture, component: Component) -> str | None:
    """The account, project or subscription that a component is in; None for what is outside the cloud or belongs to the organization.

    Sign-on of people is the organization's, unless the model states an account or project.
    """
    if a.place(component) == OUTSIDE or (isinstance(component, SingleSignOn) and not component.home):
        return None
    return a.other_home(component) or a.home


@remembered
def of_region(a: Architecture, region: str) -> Impact:
    """The effects of losing a region, by its ID. Raises KeyError if the cloud does not have it."""
    title = f"Region {a.regions[region].name}"
    fates = {name: survives_region(a, name, region) for name in a.components}
    networks = (*(a.document.environments if a.tiers else ()), *a.document.networks)
    lost = [place for place in networks if a.regions_of_network(place) == (region,)]
    return _of_place(a, title, fates, lost)


def of_zone(a: Architecture, zone: str, region: str = HOME) -> Impact:
    """The effects of losing a zone of a region, by its ID. Raises ValueError if the region does not have the zone."""
    position = a.regions[region].zones.index(zone)
    fates = {name: survives_zone(a, name, zone, region) for name in a.components}
    if region == HOME and _has_only_gateway_in(a, position):
        for name, component in a.components.items():
            tier = a.tiers.get(component.tier_of_members() or a.place(component))
            fate = fates[name]
            if tier and tier.internet == "outbound" and fate.answer.truth != "no" and not fate.weakened:
                fates[name] = replace(fate, weakened="no outbound access: the only NAT gateway is in this zone")
    title = f"Zone {zone}" if zone.isdigit() else zone
    return _of_place(a, title if region == HOME else f"{title} in {a.regions[region].name}", fates)


def _of_place(a: Architecture, title: str, fates: Mapping[str, Survival], networks: Collection[str] = ()) -> Impact:
    """The effects of losing a zone or a region with these networks, in which each component has one of these fates."""
    failed = [name for name, fate in fates.items() if fate.answer.truth == "no"]
    weakened = {name: fate.weakened for name, fate in fates.items() if fate.weakened}
    impact = _impact(a, title, failed, weakened, fates, networks)
    waiting = {name: fate.failover for name, fate in fates.items() if fate.failover}
    if not waiting:
        return impact
    afterwards = _impact(a, title, [name for name in failed if name not in waiting], weakened, fates, networks)
    names = " and ".join(a.components[name].title for name in waiting)
    still = {*afterwards.stopped, *afterwards.may_stop, *afterwards.unknown}
    again = {
        name: f"until {names} {'is' if len(waiting) == 1 else 'are'} failed over"
        for name in impact.stopped
        if name not in still
    }
    here = {name: f"until it is failed over to {regions}" for name, regions in waiting.items()}
    return replace(impact, after_failover=here | again)


def _has_only_gateway_in(a: Architecture, position: int) -> bool:
    facts, zones = a.network_facts(NetworkFacts), len(a.zones)
    return facts is not None and zones > 1 and facts.nat_zones(zones) == range(position, position + 1)


@remembered
def zone_impacts(a: Architecture) -> tuple[tuple[str, Impact], ...]:
    """Each zone of the cloud with the effects of losing it; the names of those outside the region `home` say in which region they are."""
    return tuple(
        (
            zone if region.id == HOME or zone.startswith(region.name) else f"{zone} in {region.name}",
            of_zone(a, zone, region.id),
        )
        for region in a.regions.values()
        for zone in region.zones
    )


def outlives(impact: Impact) -> Answer:
    """Whether everything survives: unknown if nothing fails for certain, but the model does not say so of every component."""
    if impact.failed:
        return Answer("no", tuple(impact.failed))
    return Answer("unknown", (), impact.lacks) if impact.unknown else Answer("yes")


# -- what follows from a failure -------------------------------------------------------------------------


def _impact(
    a: Architecture,
    what: str,
    failed: Iterable[str],
    weakened: Mapping[str, str],
    fates: Mapping[str, Survival],
    places: Collection[str] = (),
) -> Impact:
    network = needed_by(a)
    certain = effects(network, failed, weakened, places)
    unknown = {n: fate.answer.lacks for n, fate in fates.items() if fate.answer.truth == "unknown"}
    unknown = {name: lacks for name, lacks in (unknown | certain.open).items() if name not in certain.down}
    lost = [name for name, why in certain.down.items() if not why]
    flows = interrupted_flows(a, certain.down, certain.cut)
    possible = effects(network, [*lost, *unknown], weakened, places, settled=False) if unknown else certain
    perhaps = interrupted_flows(a, possible.down, possible.cut) if unknown else flows
    may_break = flows.either | perhaps.late | perhaps.either | perhaps.broken
    surely_stale, perhaps_stale = stale(a, certain.down, certain.cut)
    if unknown:
        perhaps_stale |= stale(a, possible.down, possible.cut)[1]
    no_longer = {*possible.down, *possible.cut_off}
    return Impact(
        what,
        tuple(lost),
        {name: why for name, why in certain.down.items() if why},
        {name: why for name, why in certain.degraded.items() if name not in certain.down and name not in unknown},
        flows.broken,
        certain.cut_off,
        {name: why for name, why in surely_stale.items() if name not in certain.cut_off},
        unknown,
        {name: why for name, why in possible.down.items() if why and name not in certain.down},
        {name: step for name, step in may_break.items() if name not in flows.broken and name not in flows.late},
        {name: why for name, why in possible.cut_off.items() if name not in certain.cut_off},
        {n: why for n, why in perhaps_stale.items() if n not in surely_stale and n not in no_longer},
        {n: reason for n, fate in fates.items() if fate.answer.truth == "yes" for reason in fate.answer.because[:1]},
        tuple(_undirected(a, certain.down)),
        flows.late,
    )


def _undirected(a: Architecture, down: Mapping[str, str]) -> Iterator[str]:
    """The connections that may carry data from what is down to what is not, but do not say so."""
    for id_, one, other in undirected_with(a, down):
        if (one in down) != (other in down) and not (a.components[one].person or a.components[other].person):
            yield id_
