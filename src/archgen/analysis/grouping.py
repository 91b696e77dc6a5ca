"""Groups of components, by which pictures arrange them, and summarize them if there are too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from archgen.analysis.reached import reached
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, MANAGED, OUTSIDE
from archgen.model.regions import HOME
from archgen.model.resolve import Resolved
from archgen.records import dataclass

# Pictures with more components than this are hard to read on a page.
MOST = 25
GROUP = "group-"  # the prefix of the names of views that show one group

Grouping = Callable[[Architecture, str], tuple[str, str, str]]  # id, label and style of a component's group


def by_place(architecture: Architecture, name: str) -> tuple[str, str, str]:
    """The group of the component's place: outside, the edge, a tier of the network, the region, or another account or project."""
    component = architecture.components[name]
    if site := architecture.site_of(component):
        return f"site-{site}", architecture.document.sites[site].name, "outside"
    if network := architecture.network_of(component):
        return f"network-{network}", architecture.document.networks[network].name, "network"
    if component.home:
        return f"home-{component.home}", architecture.home_name(component.home), "home"
    place = architecture.place(component)
    if place in architecture.tiers:
        tier = architecture.tiers[place]
        return f"tier-{place}", tier.name, "public-subnet" if tier.internet == "both" else "private-subnet"
    return {
        OUTSIDE: ("outside", "Outside", "outside"),
        EDGE: ("edge", "Edge", "edge"),
        MANAGED: _region(architecture, name),
    }[place]


def _region(a: Architecture, name: str) -> tuple[str, str, str]:
    """The group of the region that a regional service is in; the usual one if it is in several. What is global is in none."""
    if a.is_global(a.components[name]):
        return "global", "Global services", "generic"
    uses = a.regions_of(a.components[name])
    id_ = HOME if HOME in uses else next(iter(uses), HOME)
    return "region" if id_ == HOME else f"region-{id_}", f"Region {a.regions[id_].name}", "region"


def by_owner(architecture: Architecture, name: str) -> tuple[str, str, str]:
    """The group of the team that owns the component."""
    owner = architecture.components[name].owner
    team = architecture.document.teams.get(owner or "")
    return f"owner-{owner or 'nobody'}", team.name if team else "No owner", "generic"


def by_runtime(architecture: Architecture, name: str) -> tuple[str, str, str]:
    """The group of the cluster that the component runs on, or else of its place."""
    host = architecture.components[name].runs_on
    if host and host in architecture.components:
        return f"on-{host}", architecture.components[host].title, "cluster"
    return by_place(architecture, name)


def together(_architecture: Architecture, _name: str) -> tuple[str, str, str]:
    """One group for all components, which is not drawn."""
    return "", "", "none"


@dataclass(frozen=True, slots=True)
class Grouped:
    """How a model's components are summarized: a word for the groups, and the group of a component."""

    word: str
    of: Grouping


def _by_namespace(a: Architecture, name: str) -> tuple[str, str, str]:
    """The group of the namespace that the component runs in, or else of its place."""
    namespace = a.components[name].namespace
    return (f"in-{namespace}", f"Namespace {namespace}", "generic") if namespace else by_place(a, name)


def _by_tag(a: Architecture, name: str) -> tuple[str, str, str]:
    """The group of the component's first tag, or else of its place."""
    tag = next(iter(a.components[name].tags), None)
    return (f"tag-{tag}", tag, "generic") if tag else by_place(a, name)


_CHOICES = (
    Grouped("owner", by_owner),
    Grouped("namespace", _by_namespace),
    Grouped("runtime", by_runtime),
    Grouped("place", by_place),
    Grouped("tag", _by_tag),
)


def best_grouping(resolved: Resolved) -> Grouped:
    """The grouping of components with the fewest nodes in its largest picture."""
    largest = max(resolved.architectures.values(), key=lambda a: len(a.components))
    return min(_CHOICES, key=lambda choice: _largest_picture(largest, choice.of))


def _largest_picture(a: Architecture, of: Grouping) -> int:
    """The nodes in the summary, or in the picture of the largest group, whichever has more."""
    sizes = Counter(of(a, name)[0] for name in a.components)
    return max(len(sizes), *sizes.values())


def summarized_groups(resolved: Resolved) -> dict[str, str]:
    """Id to label of the groups at all coordinates; empty if the high-level view is small enough everywhere to show each component."""
    many = (a for a in resolved.architectures.values() if len(a.components) > MOST)
    if not any(len(reached(a)) > MOST for a in many):
        return {}
    grouped = best_grouping(resolved)
    found: dict[str, str] = {}
    for a in resolved.architectures.values():
        for name, component in a.components.items():
            if not component.person:
                id_, label, _style = grouped.of(a, name)
                found.setdefault(id_, label)
    return found
