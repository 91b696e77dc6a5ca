"""What the network view draws around the environment's network: sites outside the cloud, and other networks and accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from archgen.draw.graph import Group, Node
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.places import FORMS, FurtherNetwork
from archgen.model.regions import HOME
from archgen.views._regions import Instance


def outside(
    a: Architecture, nodes: list[Node], component: Callable[[str], Component], joined: Iterable[str]
) -> Iterator[Group]:
    """One box with everything that is outside the cloud, and in it one for each site. People alone need no box.

    `joined` are the IDs of sites that are drawn although nothing at them is.
    """
    sites: dict[str | None, list[Node]] = {}
    for node in nodes:
        sites.setdefault(a.site_of(component(node.id)), []).append(node)
    elsewhere = sites.pop(None, [])
    for site in joined:
        sites.setdefault(site, [])
    people = not sites and all(component(node.id).person for node in elsewhere)
    boxes = tuple(_site(a, site, inside) for site, inside in sites.items() if site)
    if nodes or boxes:
        label, style = ("", "none") if people else ("Outside", "outside")
        yield Group("outside", label, style, (*elsewhere, *boxes))


def _site(a: Architecture, id_: str, nodes: list[Node]) -> Group:
    site = a.document.sites[id_]
    form = FORMS[site.form] if site.form in ("data-center", "office", "partner") else ""
    label = site.name if form.lower() in site.name.lower() else f"{form} {site.name}"
    return Group(f"site-{id_}", " ".join((label, *site.ranges)), "outside", tuple(nodes))


def homes(
    now: Architecture,
    last: Architecture,
    own: Group,
    elsewhere: Mapping[str, Node],
    closed: Mapping[str, list[Group]],
    instances: Iterable[Instance],
) -> Iterator[Group]:
    """The box of the environment's account or project with all networks and regions in it, then those of others.

    `own` is the first of them with the environment's own network, `elsewhere` has what is in other networks or homes, by ID.
    `closed` has the networks of other environments by the home that they are in, and `instances` what is in other regions.
    """
    inside: dict[str, dict[str, list[Node | Group]]] = {}  # by home, empty for that of the environment, and by region

    def put(home: str, region: str, part: Node | Group) -> None:
        inside.setdefault(home, {}).setdefault(region, []).append(part)

    placed: dict[str, list[Node]] = {}
    loose = []
    for name, node in elsewhere.items():
        source = now if name in now.components else last
        component = source.components[name]
        if there := source.network_of(component):
            placed.setdefault(f"{there}/{source.place(component).partition('/')[2]}", []).append(node)
        else:
            loose.append((source.other_home(component) or "", node))
    for instance in instances:
        placed.setdefault(instance.place, []).append(instance.node)
    for id_, network in (last.document.networks | now.document.networks).items():
        home = network.home if network.home and network.home != now.home else ""
        put(home, network.region or HOME, _network(now, id_, network, placed))
    for home, boxes in closed.items():
        for box in boxes:
            put("" if home == now.home else home, HOME, box)
    for home, node in loose:
        put(home, HOME, node)
    for instance in instances:
        if not instance.place:
            source = now if instance.component in now.components else last
            put(source.other_home(source.components[instance.component]) or "", instance.region, instance.node)
    here = inside.pop("", {})
    more = in_regions(now, "", here)
    filled = tuple(part for part in own.children if not isinstance(part, Group) or part.children)
    first = next(iter(own.children), None)
    if (
        more
        and not filled
        and here.keys() <= {HOME}
        and now.facts.network_scope == "region"
        and isinstance(first, Group)
    ):
        more = (replace(first, children=more, arrange="column"),)  # the region, which has nothing else
    yield replace(own, children=(*filled, *more), arrange="column") if more else own
    for home, regions in inside.items():
        yield Group(f"home-{home}", now.home_name(home), "home", in_regions(now, home, regions))


def in_regions(now: Architecture, home: str, regions: Mapping[str, list[Node | Group]]) -> tuple[Node | Group, ...]:
    """What is in a home: directly if it is in the region `home`, and in a box for each other region."""
    boxes = (
        Group(f"region-{home}/{id_}", f"Region {_region_name(now, id_)}", "region", tuple(parts))
        for id_, parts in regions.items()
        if id_ != HOME
    )
    return (*regions.get(HOME, []), *boxes)


def _region_name(now: Architecture, id_: str) -> str:
    return now.regions[id_].name if id_ in now.regions else id_


def _network(now: Architecture, id_: str, network: FurtherNetwork, placed: Mapping[str, list[Node]]) -> Group:
    """The box of a further network; `placed` has what is in it by its ID and tier, such as `shared/tools`."""
    boxes = tuple(
        Group(
            f"network-{id_}/{tier}",  # never the ID of a component
            facts.label,
            "public-subnet" if facts.internet == "both" else "private-subnet",
            tuple(placed.get(f"{id_}/{tier}", [])),
        )
        for tier, facts in network.tiers.items()
    )
    loose = (node for place, nodes in placed.items() for node in nodes if _is_loose(place, id_, network))
    label = " ".join(
        part for part in (now.facts.network_label, network.identifier or network.name, network.cidr) if part
    )
    return Group(f"network-{id_}", label, "network", (*loose, *boxes))


def _is_loose(place: str, id_: str, network: FurtherNetwork) -> bool:
    """Whether a place is somewhere in a network, but in none of its tiers."""
    there, _, tier = place.partition("/")
    return there == id_ and tier not in network.tiers
