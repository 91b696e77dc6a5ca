"""What can be lost: components, zones, regions, sites and further networks, by the words that people use for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from archgen.analysis.failure import Impact, of_component, of_home, of_network, of_region, of_site, of_zone
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.architecture import Architecture
from archgen.model.regions import HOME
from archgen.model.wording import with_article
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that can be lost: what it is, the words that name it, the preferred one first, and the place that states it.

    `instead` is a word that names nothing else; empty if there is none.
    """

    what: str
    words: tuple[str, ...]
    path: Path
    impact: Callable[[], Impact]
    instead: str = ""
    usual: bool = False  # a region that each cloud has, so that other things with its ID come first


def losses(a: Architecture) -> Iterator[Loss]:
    """Everything that can be lost."""
    for name in a.components:
        yield Loss("component", (name,), ("components", name), partial(of_component, a, name))
    cloud: Path = ("clouds", a.coordinate.cloud)
    for id_, region in a.regions.items():
        stated = id_ in a.cloud.regions
        path: Path = (*cloud, "regions", id_) if stated else (*cloud, "region" if id_ == HOME else "recovery_region")
        for position, zone in enumerate(region.zones):
            at: Path = (*(path if stated else cloud), "availability_zones", position)
            words = (zone, f"{id_}/{zone}")
            yield Loss("zone", words, at, partial(of_zone, a, zone, id_), f"{id_}/{zone}")
        words = tuple(dict.fromkeys((region.name, *((id_,) if stated else ()))))
        yield Loss("region", words, path, partial(of_region, a, id_), region.name)
        if not stated:
            yield Loss("region", (id_,), path, partial(of_region, a, id_), region.name, usual=True)
    for name in a.document.sites:
        yield Loss("site", (name,), ("sites", name), partial(of_site, a, name))
    for name in a.document.networks:
        yield Loss("network", (name,), ("networks", name), partial(of_network, a, name))
    for name in a.homes:
        yield Loss(a.facts.home, (name,), ("organization", a.coordinate.cloud), partial(of_home, a, name))


def named(a: Architecture, word: str) -> Loss | Diagnostic | None:
    """What a word names; a diagnostic if it names several things, and None if it names nothing."""
    found = [loss for loss in losses(a) if word in loss.words]
    found = [loss for loss in found if not loss.usual] or found
    if len(found) < 2:
        return found[0] if found else None
    first, second = found[:2]
    message = f"'{word}' is {with_article(first.what)} and {with_article(second.what)} of this model"
    ways = [f"{loss.instead} for the {loss.what}" for loss in found if loss.instead not in ("", word)]
    if first.what == second.what:
        message = f"'{word}' is the name of two {first.what}s of this model"
        ways = [loss.instead for loss in found]
    parts = [f"write {' or '.join(ways)}"] if ways else []
    parts += ["choose different IDs"] if len(ways) < len(found) else []
    here = ((f"the {first.what}", a.stated_at(*first.path)),)
    return Diagnostic(
        "ARC-M005", message, ", or ".join(parts), second.path, span=a.stated_at(*second.path), related=here
    )
