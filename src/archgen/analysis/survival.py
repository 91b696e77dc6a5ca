"""Whether a component survives the loss of a zone of its region: yes or no with a reason, or unknown with the fact that would settle it.

Nothing survives because the model is silent. A copy without a stated zone may be in any zone, and a setting that the model does not state
counts only where archgen's Terraform sets it.
"""

from __future__ import annotations

from archgen.model.answer import Answer, Lack, no, unknown, yes
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE, Component
from archgen.model.traits import Traits
from archgen.records import dataclass
from archgen.terraform.managed import managed

_STATE_REDUNDANCY = (
    "state `traits: {copies: 1}` with the number and `zones` for a single copy, or `traits: {redundancy: regional}`"
)


@dataclass(frozen=True, slots=True)
class Survival:
    """Whether a component survives the loss of a zone or a region.

    `weakened` says how it is weakened if it survives; it is empty if it is not. `failover` names the regions to which it can be failed over
    if it does not survive.
    """

    answer: Answer
    weakened: str = ""
    failover: str = ""


def is_everywhere(a: Architecture, name: str) -> Answer | None:
    """Yes, with the reason, if a component survives the loss of a region without stating its regions; otherwise None."""
    component = a.components[name]
    spread = a.traits(name).redundancy == "global" and not component.regions
    return yes(_why_redundant(a, component, "global")) if spread else None


def survives_in_its_region(a: Architecture, name: str, zone: str) -> Survival:
    """Whether a component survives the loss of a zone if it is in the region of the zone, whatever happens to what it needs."""
    component = a.components[name]
    place = a.place(component)
    if place == OUTSIDE:
        return Survival(yes("it is outside the cloud"))
    if component.runs_on and a.traits(component.runs_on).restarts == "guests":
        return _as_guest(a, name, zone)
    if component.tier_of_members() and (spread := {member.zone for member in a.members(name)}):
        return _in_zones(a, {a.zones[position] for position in spread if position < len(a.zones)}, zone)
    if place == EDGE:
        return Survival(yes("it is at the edge of the cloud, outside its zones"))
    traits = a.traits(name)
    if traits.redundancy in ("regional", "global") and not component.zones:
        return _by_redundancy(a, component, traits, zone)
    return _by_copies(a, name, zone)


def _as_guest(a: Architecture, name: str, zone: str) -> Survival:
    """The survival of what runs on something that starts its guests anew, such as pods of a cluster."""
    component, traits = a.components[name], a.traits(name)
    host = a.components[component.runs_on or ""].title
    path = ("components", name)
    if traits.redundancy in ("regional", "global"):
        return Survival(yes(f"the model says that it is {traits.redundancy}"))
    if traits.keeps_data is None:
        what = f"whether '{name}' keeps data where it runs"
        return Survival(unknown(Lack(path, what, "state `traits: {keeps_data: false}`, or true")))
    if traits.keeps_data and component.zones:
        return _in_zones(a, set(component.zones), zone)
    if traits.keeps_data:
        what = f"whether the data of '{name}' is in more than one zone"
        help_ = "state `zones` with the zones that it is in, or `traits: {redundancy: regional}`"
        return Survival(unknown(Lack(path, what, help_)))
    copies = component.copies(len(a.zones))
    if copies == 0:
        return Survival(unknown(_lack_of_any(name)))
    single = (
        f"interrupted if its only copy is in this zone, until {host} starts it in another one" if copies == 1 else ""
    )
    return Survival(yes(f"{host} starts it anew in another zone"), single)


def _by_redundancy(a: Architecture, component: Component, traits: Traits, zone: str) -> Survival:
    if _has_only_subnets_in(a, component, zone):
        return Survival(no("the network has subnets in this zone only"))
    return Survival(yes(_why_redundant(a, component, traits.redundancy or "")))


def _why_redundant(a: Architecture, component: Component, redundancy: str) -> str:
    """Who says that a component has this redundancy."""
    product = a.product(component)
    if product and product.redundancy and product.redundancy.scope == redundancy:
        spread = "over the zones of its region" if redundancy == "regional" else "over regions"
        return f"{product.name} is spread {spread} by its vendor"
    return f"the model says that it is {redundancy}"


def _has_only_subnets_in(a: Architecture, component: Component, zone: str) -> bool:
    return a.place(component) in a.tiers and a.facts.subnet_scope == "zone" and a.zones == (zone,)


def _by_copies(a: Architecture, name: str, zone: str) -> Survival:
    """The survival of what runs as copies in zones."""
    component, traits = a.components[name], a.traits(name)
    copies = component.copies(len(a.zones)) if traits.copies is not None or traits.redundancy == "zonal" else None
    again = traits.restarts == "itself" and not _has_only_subnets_in(a, component, zone)
    if component.zones:
        if copies == 1 and len(component.zones) > 1 and zone in component.zones:
            return Survival(unknown(_lack_of_zone(name)))
        zones = set(component.zones)
        if copies and 1 < copies < len(zones) and zone in zones:
            spread = f"its {copies} copies are spread over {len(zones)} zones"
            return Survival(yes(spread), f"loses at most one of its {copies} copies")
        return _restarted(_in_zones(a, zones, zone), again=again)
    if copies is None:
        return Survival(unknown(_lack_of_copies(a, name)))
    if copies and len(a.zones) == 1:
        return _restarted(Survival(no("all of its copies are in this zone")), again=again)
    if copies == 0:
        return Survival(unknown(_lack_of_any(name)))
    if again:
        which = "its only copy is" if copies == 1 else "all of its copies are"
        return Survival(yes("it is started anew in another zone"), f"interrupted if {which} in this zone")
    if copies == 1:
        return Survival(unknown(_lack_of_zone(name)))
    return _by_default(a, name, copies) or _several(a, name, copies)


def _several(a: Architecture, name: str, copies: int) -> Survival:
    """The survival of copies of which the model does not state the zones: unknown unless its kind puts them in different ones."""
    if len({member.zone for member in a.components[name].members(len(a.zones), a.coordinate.cloud)}) < 2:
        what = f"in which zones the {copies} copies of '{name}' are"
        return Survival(unknown(Lack(("components", name), what, "state `zones` with all zones that they are in")))
    zones = len(a.zones)
    left = f"{zones - 1} of {zones} zones left" if copies >= zones else f"loses at most one of its {copies} copies"
    return Survival(yes(f"it has copies in {min(copies, zones)} zones"), left)


def _in_zones(a: Architecture, zones: set[str], zone: str) -> Survival:
    if zone not in zones:
        return Survival(yes(f"it is in {', '.join(sorted(zones))} only"))
    if zones == {zone}:
        return Survival(no("it is in this zone only"))
    return Survival(yes(f"it has copies in {len(zones)} zones"), f"{len(zones) - 1} of {len(zones)} zones left")


def _restarted(survival: Survival, *, again: bool) -> Survival:
    """The same, except that what is started anew in another zone is interrupted instead of lost."""
    if again and survival.answer.truth == "no":
        return Survival(yes("it is started anew in another zone"), "interrupted until it is started in another zone")
    return survival


def _by_default(a: Architecture, name: str, copies: int) -> Survival | None:
    """Unknown if the copies are a default that neither the model states nor archgen's Terraform sets; otherwise None."""
    setting = copies_by_default(a, name)
    if setting is None:
        return None
    what = f"whether '{name}' has {copies} copies, since `{setting}` is not stated"
    return Survival(unknown(Lack(("components", name), what, f"state `{setting.split('.')[0]}`")))


def copies_by_default(a: Architecture, name: str) -> str | None:
    """The setting with the number of copies of a component, if neither the model states it nor archgen's Terraform sets it."""
    path = a.traits(name).copies
    if not isinstance(path, str) or name in managed(a):
        return None
    setting = path.removesuffix(" + 1")
    return setting if a.tree.get(("components", name, *setting.split("."))) is None else None


def _lack_of_copies(a: Architecture, name: str) -> Lack:
    path, product = ("components", name), a.product(a.components[name])
    if a.traits(name).redundancy == "zonal":
        help_ = "state `traits: {copies: 1}` with the number, and `zones` for a single copy"
        return Lack(path, f"how many copies of '{name}' there are, and in which zones", help_)
    if product:
        help_ = "state `traits: {redundancy: regional}` if its vendor says so, or `zonal` with `copies`"
        return Lack(path, f"whether {product.name}, which '{name}' uses, survives the loss of a zone", help_)
    return Lack(path, f"how many copies of '{name}' there are, and in which zones", _STATE_REDUNDANCY)


def _lack_of_any(name: str) -> Lack:
    return Lack(("components", name), f"how many copies of '{name}' run", "state at least one copy")


def _lack_of_zone(name: str) -> Lack:
    help_ = "state `zones` with the one zone that it is in"
    return Lack(("components", name), f"in which zone the only copy of '{name}' is", help_)
