"""Single points of failure: parts with one copy, in the cloud and outside, and what the model does not say about copies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from archgen.analysis.failure import Impact, of_component, of_home, of_region, of_site
from archgen.analysis.regions import is_active_in_several, zones_to_lose
from archgen.analysis.survival import copies_by_default
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE
from archgen.model.remembered import remembered
from archgen.records import dataclass

# `one`: there is a single copy, or all copies are in one zone. `several`: the loss of one copy or one zone leaves others. `outside`: it is
# outside the cloud. `unknown`: the model does not state it.
Copies = Literal["one", "several", "outside", "unknown"]


@dataclass(frozen=True, slots=True)
class CopiesKept:
    """How many copies a component has, with what is missing to know it.

    `zone` is whether several copies are in one zone only. `passive` has the names of the regions to which a single copy can be failed over.
    """

    copies: Copies
    lacks: tuple[Lack, ...] = ()
    zone: bool = False
    passive: tuple[str, ...] = ()


@remembered
def copies_of(a: Architecture, name: str) -> CopiesKept:
    """How many copies a component has. People have none; see `kept_components`."""
    component = a.components[name]
    place = a.place(component)
    if place == OUTSIDE:
        return CopiesKept("outside")
    if is_active_in_several(a, component):
        return CopiesKept("several")
    passive = tuple(a.regions[region].name for region, role in a.regions_of(component).items() if role == "passive")
    copies = component.copies(len(a.zones))
    if copies == 1 and a.traits(name).redundancy not in ("regional", "global"):
        lack = _lack_of_default(a, name)
        return CopiesKept("unknown", (lack,)) if lack else CopiesKept("one", passive=passive)
    if place == EDGE and copies is None:
        return CopiesKept("several")
    answers = [survival.answer for survival in zones_to_lose(a, name)]
    if any(answer.truth == "no" for answer in answers):
        return CopiesKept("one", zone=True, passive=passive)
    lacks = tuple(dict.fromkeys(lack for answer in answers for lack in answer.lacks))
    return CopiesKept("unknown", lacks) if lacks else CopiesKept("several")


def kept_components(a: Architecture) -> Iterator[tuple[str, CopiesKept]]:
    """Each component that is not a person, with how many copies it has."""
    return ((name, copies_of(a, name)) for name, component in a.components.items() if not component.person)


def lost_parts(a: Architecture, copies: Copies) -> Iterator[tuple[str, CopiesKept, Impact]]:
    """Each component with so many copies, and the effects of losing it."""
    return ((name, kept, of_component(a, name)) for name, kept in kept_components(a) if kept.copies == copies)


@remembered
def lost_regions(a: Architecture) -> tuple[tuple[str, Impact], ...]:
    """Each region and the effects of losing it."""
    return tuple((region.name, of_region(a, id_)) for id_, region in a.regions.items())


@remembered
def lost_homes(a: Architecture) -> tuple[tuple[str, Impact], ...]:
    """Each account, project or subscription that holds something of the environment, and the effects of losing all that is in it."""
    names = dict.fromkeys((*a.homes, *((a.home,) if a.home else ())))
    impacts = ((a.home_name(name), of_home(a, name)) for name in names)
    return tuple((title, i) for title, i in impacts if i.failed or i.stopped or i.cut_off or i.flows or i.unknown)


def lost_sites(a: Architecture) -> Iterator[tuple[str, Impact]]:
    """Each site outside the cloud, such as an office, and the effects of losing it."""
    return ((site.name, of_site(a, id_)) for id_, site in a.document.sites.items())


def _lack_of_default(a: Architecture, name: str) -> Lack | None:
    """What is missing if a single copy is a default that neither the model states nor archgen's Terraform sets."""
    setting = copies_by_default(a, name)
    if setting is None:
        return None
    what = f"how many copies of '{name}' there are, since `{setting}` is not stated"
    return Lack(("components", name), what, f"state `{setting.split('.')[0]}`")
