"""Sites and networks: which links join them, which of their connections need which link, and what inspects traffic on its way."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from archgen.analysis.crossings import crossings
from archgen.analysis.ways import Links, links_of
from archgen.catalog.cloud_facts import cloud_bases
from archgen.draw.graph import Edge, Graph, Group, Icon, LeftOut, Node
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.places import FORMS, SiteForm
from archgen.views import _links as links
from archgen.views._groups import picture
from archgen.views._kinds import is_like
from archgen.views._left_out import with_left_out
from archgen.views._parts import NBSP, node_of

TITLE = "Sites and networks"
QUESTION = (
    "How are sites and networks joined, what is the capacity of each link, and what inspects the traffic between them?"
)
ORDER = 32
PART = ("components",)

_SITES: dict[SiteForm, str] = {
    "data-center": "generic.place.Datacenter",
    "office": "aws.general.GenericOfficeBuilding",
    "partner": "aws.general.GenericOfficeBuilding",
    "saas": "onprem.network.Internet",
    "other": "onprem.compute.Server",
}


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Sites, networks and the links between them, in the accounts or projects that they belong to, without what is in the networks."""
    joined = _Joined(architecture, horizon)
    edges = list(joined.edges())
    ends = {end for edge in edges for end in (edge.tail, edge.head)}
    parts = list(joined.parts(ends))
    a = architecture
    described = (
        f"Sites and networks of {a.document.name} on {a.facts.full_name}, and what joins them. Only links are drawn, with what they "
        "join and what forwards or inspects their traffic. A number on a line says how many connections can take it."
    )
    sentences = (described, links.said(a, ends), links.out_through(a)[1], links.unknown_ways(a, joined.crossings))
    graph = picture("hybrid-network", TITLE, " ".join(s for s in sentences if s), a, parts, edges)
    if not ends:
        return graph
    graph = replace(graph, left_out=tuple(joined.left_out(ends)))
    return with_left_out(graph, joined.sources, dict(joined.reasons()))


class _Joined:
    """The links at a coordinate and in the last phase, and what they join."""

    def __init__(self, a: Architecture, horizon: Architecture) -> None:
        self.now = a
        self.links = links_of(a)
        self.last = links_of(horizon)
        both = (*a.components, *(name for name in horizon.components if name not in a.components))
        self.sources = {name: a if name in a.components else horizon for name in both}
        self.names = dict.fromkeys([*self.links.links, *(n for n in self.last.links if n not in a.components)])
        self.away = self._distances()
        self.crossings = crossings(a) if self.names else {}

    def _of(self, name: str) -> Links:
        return self.links if name in self.links.links else self.last

    def _near(self, name: str) -> tuple[str, ...]:
        """What a link joins, and what joins it, as far as that exists at this coordinate."""
        return tuple(end for end in self._of(name).near[name] if end in self.names or self._is_place(end))

    def _is_place(self, id_: str) -> bool:
        document = self.now.document
        return id_ in {*document.sites, *document.networks, *(e for e in document.environments if self._has_network(e))}

    def _has_network(self, environment: str) -> bool:
        """Whether an environment has a network on this cloud."""
        return self.now.document.environments[environment].on(self.now.coordinate.cloud) is not None

    def _distances(self) -> dict[str, int]:
        """How many steps each link and place is away from the sites, or from the further networks if no link joins a site."""
        near: dict[str, list[str]] = {}
        for name in self.names:
            for end in self._near(name):
                near.setdefault(name, []).append(end)
                near.setdefault(end, []).append(name)
        document = self.now.document
        first = [id_ for id_ in document.sites if id_ in near] or [id_ for id_ in document.networks if id_ in near]
        found = dict.fromkeys(first or list(self.names)[:1], 0)
        waiting = deque(found)
        while waiting:
            here = waiting.popleft()
            for next_ in near.get(here, ()):
                if next_ not in found:
                    found[next_] = found[here] + 1
                    waiting.append(next_)
        return found

    def edges(self) -> Iterator[Edge]:
        """A line between each link and all that it joins, from the sites inward, and lines to what forwards or inspects traffic."""
        used = self._connections()
        done: set[frozenset[str]] = set()
        for name in self.names:
            for end in self._near(name):
                pair = frozenset((name, end))
                if pair not in done:
                    done.add(pair)
                    tail, head = sorted((name, end), key=lambda id_: self.away.get(id_, 0))
                    yield self._line(name, tail, head, used.get(pair, []))
            if via := self._of(name).links[name].via:
                planned = name not in self.links.links
                yield self._side_line(name, via, "inspects all traffic", planned=planned)
        for place, router in {**self.last.routed_by, **self.links.routed_by}.items():
            if any(place in pair for pair in done) and router in self.sources:
                planned = place not in self.links.routed_by
                yield self._side_line(self._id(place), router, "forwards traffic", planned=planned)

    def _line(self, link: str, tail: str, head: str, used: list[str]) -> Edge:
        planned = link not in self.links.links
        label = "" if not used else "1 connection" if len(used) == 1 else f"{len(used)} connections"
        ends = self._id(tail), self._id(head)
        return Edge(
            "--".join(ends), *ends, label, "; ".join(used) or "joins", both=True, planned=planned, meaning="route"
        )

    def _side_line(self, tail: str, head: str, label: str, *, planned: bool) -> Edge:
        return Edge(f"{tail}--{head}", tail, head, label, both=True, planned=planned, meaning="route")

    def _connections(self) -> dict[frozenset[str], list[str]]:
        """The connections that can take each step of a way, by the two ends of the step."""
        a, found = self.now, dict[frozenset[str], list[str]]()
        for crossing in self.crossings.values():
            c = crossing.connection
            text = f"{a.components[c.tail].title} to {a.components[c.head].title}"
            for step in dict.fromkeys(frozenset(s) for way in crossing.ways for s in itertools.pairwise(way)):
                found.setdefault(step, []).append(text)
        return found

    def _id(self, id_: str) -> str:
        """The ID of the node of a link or a place; that of a place is never the ID of a component."""
        if id_ in self.names:
            return id_
        return f"site-{id_}" if id_ in self.now.document.sites else f"network-{id_}"

    def parts(self, ends: set[str]) -> Iterator[Group | Node]:
        """The sites, then a box for each account, project or subscription with the networks, links and firewalls that belong to it."""
        a = self.now
        yield from (self._site(id_) for id_ in a.document.sites if f"site-{id_}" in ends)
        boxes: dict[str, list[Node]] = {}
        for id_ in (*a.document.networks, *a.document.environments):
            if f"network-{id_}" in ends:
                boxes.setdefault(self._home_of_network(id_), []).append(self._network(id_))
        for name, source in self.sources.items():
            if name in ends:
                component = source.components[name]
                node = node_of(source, name, planned=name not in a.components, note=_capacity(source, component))
                if source.site_of(component):
                    yield node
                else:
                    boxes.setdefault(source.other_home(component) or a.home, []).append(node)
        for home, nodes in boxes.items():
            yield Group(f"home-{home}", a.home_name(home), "home", tuple(nodes))

    def _home_of_network(self, id_: str) -> str:
        further = self.now.document.networks.get(id_)
        return (further.home or self.now.home) if further else self.now.home_of(id_)

    def _site(self, id_: str) -> Node:
        site = self.now.document.sites[id_]
        form = FORMS[site.form] if FORMS[site.form].lower() not in site.name.lower() else ""
        note = ", ".join(part for part in (form, *site.ranges) if part)
        return Node(f"site-{id_}", site.name, Icon(_SITES[site.form]), note, "environments")

    def _network(self, id_: str) -> Node:
        a = self.now
        looks = cloud_bases()[a.facts.base].looks
        icon = looks["network"].icon if "network" in looks else None
        further = a.document.networks.get(id_)
        home = None if further else a.document.environments[id_].on(a.coordinate.cloud)
        name, range_ = (
            (further.name, further.cidr) if further else (a.document.environments[id_].name, home and home.cidr)
        )
        note = ", ".join(part for part in (a.facts.network_label, range_) if part)
        return Node(f"network-{id_}", name, Icon(icon or "generic.network.Subnet"), note, "environments")

    def left_out(self, ends: set[str]) -> Iterator[LeftOut]:
        """The sites and networks that no link joins."""
        document, own = self.now.document, self.now.coordinate.environment
        titles = [site.name for id_, site in document.sites.items() if f"site-{id_}" not in ends]
        titles += [network.name for id_, network in document.networks.items() if f"network-{id_}" not in ends]
        if self.now.tiers and f"network-{own}" not in ends:
            titles.append(self.now.place_name(own))
        if titles:
            yield LeftOut(tuple(titles), "no link joins them")

    def reasons(self) -> Iterator[tuple[str, str]]:
        """Why the picture may not show firewalls."""
        for name, source in self.sources.items():
            if is_like(source, name, ("network-firewall",)):
                yield name, "the model does not say which network or link sends its traffic through them"


def _capacity(a: Architecture, component: Component) -> str:
    """The product of a link or a firewall, and as far as the model states them, its bandwidth, its tunnels and where it is handed over."""
    product = a.product(component)
    said = [product.short if product else ""]
    bandwidth, tunnels = getattr(component, "bandwidth_mbps", None), getattr(component, "tunnels", None)
    if isinstance(bandwidth, int):
        said.append(f"{bandwidth / 1000:g}{NBSP}Gbit/s" if bandwidth >= 1000 else f"{bandwidth}{NBSP}Mbit/s")
    if isinstance(tunnels, int):
        said.append(f"{tunnels}{NBSP}tunnel{'' if tunnels == 1 else 's'}")
    return ", ".join(part for part in said if part)
