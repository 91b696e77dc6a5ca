"""What the network view draws around the environment's network: sites outside the cloud, and other networks and accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from archgen.draw.graph import Group, Node
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.places import FORMS, FurtherNetwork


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
) -> Iterator[Group]:
    """The box of the environment's account or project with all networks in it, then those of others.

    `own` is the first of them with the environment's own network, `elsewhere` has what is in other networks or homes, by ID.
    `closed` has the networks of other environments by the home that they are in.
    """
    networks: dict[str, dict[str, Group]] = {}
    for id_, network in (last.document.networks | now.document.networks).items():
        home = network.home if network.home and network.home != now.home else ""
        networks.setdefault(home, {})[id_] = _network(now, last, id_, network, elsewhere)
    for home, boxes in closed.items():
        networks.setdefault("" if home == now.home else home, {}).update({box.id: box for box in boxes})
    loose: dict[str, list[Node]] = {}
    for name, node in elsewhere.items():
        source = now if name in now.components else last
        component = source.components[name]
        if not source.network_of(component):
            loose.setdefault(source.other_home(component) or "", []).append(node)
    more: tuple[Group | Node, ...] = (*networks.pop("", {}).values(), *loose.pop("", []))
    yield replace(own, children=(*own.children, *more), arrange="column") if more else own
    for home in dict.fromkeys((*networks, *loose)):
        inside: tuple[Group | Node, ...] = (*networks.get(home, {}).values(), *loose.get(home, []))
        yield Group(f"home-{home}", now.home_name(home), "home", inside)


def _network(
    now: Architecture, last: Architecture, id_: str, network: FurtherNetwork, elsewhere: Mapping[str, Node]
) -> Group:
    tiers: dict[str, list[Node]] = {tier: [] for tier in network.tiers}
    loose: list[Node] = []
    for name, node in elsewhere.items():
        source = now if name in now.components else last
        component = source.components[name]
        if source.network_of(component) == id_:
            tiers.get(source.place(component).partition("/")[2], loose).append(node)
    boxes = tuple(
        Group(
            f"network-{id_}/{tier}",  # never the ID of a component
            facts.name,
            "public-subnet" if facts.internet == "both" else "private-subnet",
            tuple(tiers[tier]),
        )
        for tier, facts in network.tiers.items()
    )
    label = " ".join(
        part for part in (now.facts.network_label, network.identifier or network.name, network.cidr) if part
    )
    return Group(f"network-{id_}", label, "network", (*loose, *boxes))
