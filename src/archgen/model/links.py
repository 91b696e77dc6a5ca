"""Links between networks and sites: which components are links, what they can join, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.component import EDGE, MANAGED
from archgen.model.per_cloud import NetworkFacts
from archgen.model.places import ENVIRONMENT
from archgen.records import dataclass

if TYPE_CHECKING:
    from archgen.model.architecture import Architecture
    from archgen.model.component import Component
    from archgen.model.document import Document, Network
    from archgen.model.places import FurtherNetwork


@dataclass(frozen=True, slots=True)
class Link:
    """A component that joins networks, sites and other links, with its settings as the kind `network-link` describes them."""

    component: Component
    joins: tuple[str, ...]
    apart: tuple[str, ...] = ()
    via: str | None = None
    peering: bool = False
    leads_on: bool = False


def links(components: Mapping[str, Component]) -> dict[str, Link]:
    """The components that join networks and sites, of the kind `network-link` or of one that is like it, by ID."""
    return {name: _link(component) for name, component in components.items() if component.joins_places}


def _link(component: Component) -> Link:
    """The settings of a link. A kind that is like `network-link` may leave them out, or declare them as something else."""

    def ids(name: str) -> tuple[str, ...]:
        value = getattr(component, name, None)
        return tuple(id_ for id_ in value if isinstance(id_, str)) if isinstance(value, tuple) else ()

    via = getattr(component, "via", None)
    peering, leads_on = getattr(component, "form", None) == "peering", getattr(component, "leads_on", None) is True
    return Link(component, ids("joins"), ids("apart"), via if isinstance(via, str) else None, peering, leads_on)


def joinable(document: Document) -> tuple[str, ...]:
    """What a link can join besides other links: the networks of environments, further networks, and sites."""
    return (ENVIRONMENT, *document.environments, *document.networks, *document.sites)


def check_links(a: Architecture) -> Iterator[Diagnostic]:
    """A diagnostic for everything that a link cannot join, pass or keep apart, and for what cannot forward traffic."""
    found = links(a.components)
    for name, link in found.items():
        path: Path = ("components", name)
        if len(link.joins) < 2:
            message = f"'{name}' joins fewer than two things"
            yield Diagnostic("ARC-M005", message, "name networks, sites, environments or links in `joins`", path)
        yield from _joined(a, found, name, link)
        if link.peering:
            yield from _peering(a, found, path, link)
        for position, id_ in enumerate(link.apart):
            if id_ not in link.joins:
                message = f"`apart` names '{id_}', which `joins` does not"
                yield Diagnostic("ARC-M005", message, "name what the link joins", (*path, "apart", position))
        if link.via:
            yield from _forwards(a, found, link.via, (*path, "via"), "inspect the traffic of a link")
    yield from _two_ways_out(a)
    for path, network in networks(a):
        if network.routed_by:
            yield from _forwards(a, found, network.routed_by, (*path, "routed_by"), "forward traffic")
            yield from _in_network(a, path, network.routed_by)
        hub = network.internet_through
        if hub and (path[-1] == hub or (hub in a.document.networks and a.document.networks[hub].internet_through)):
            message = f"'{hub}' does not lead to the internet itself"
            help_ = "name the network whose gateways lead to the internet"
            yield Diagnostic("ARC-M005", message, help_, (*path, "internet_through"))


def _two_ways_out(a: Architecture) -> Iterator[Diagnostic]:
    """A diagnostic if outbound traffic leaves through another network although this one has gateways: stated, or created by archgen."""
    network, facts = a.document.network, a.network_facts(NetworkFacts)
    cloud: Path = ("network", a.coordinate.cloud)
    if network is None or not network.internet_through or facts is None:
        return
    gateways = facts.nat_zones(len(a.zones)) or any(gateway.leads_to == "internet" for gateway in facts.exits())
    if gateways and (a.document.terraform or a.tree.get(cloud)):
        message = f"outbound traffic leaves through '{network.internet_through}', but the network has NAT gateways, too"
        help_ = f"turn them off under `network.{cloud[1]}`, or remove `internet_through`"
        yield Diagnostic("ARC-M005", message, help_, ("network", "internet_through"))


def networks(a: Architecture) -> Iterator[tuple[Path, Network | FurtherNetwork]]:
    """All networks, that of the environment first, with their paths."""
    if a.document.network:
        yield ("network",), a.document.network
    for id_, network in a.document.networks.items():
        yield ("networks", id_), network


def _in_network(a: Architecture, path: Path, router: str) -> Iterator[Diagnostic]:
    """A diagnostic if what forwards the traffic of a network is in another network or at a site; a service of the cloud may forward it."""
    component = a.components.get(router)
    if component is None or component.runs_on or a.place(component) in (MANAGED, EDGE):
        return
    there = a.network_of(component) == path[-1] if path[0] == "networks" else component.place in a.tiers
    if not there:
        which = f"the network '{path[-1]}'" if path[0] == "networks" else "the network of the environment"
        message = f"'{router}' is not in {which}, so it cannot forward its traffic"
        yield Diagnostic(
            "ARC-M005", message, "name a component in this network, or correct its placement", (*path, "routed_by")
        )


def _joined(a: Architecture, found: Mapping[str, Link], name: str, link: Link) -> Iterator[Diagnostic]:
    """A diagnostic for each thing in `joins` that is ambiguous, the link itself, named twice, or without a network."""
    document, places, seen = a.document, joinable(a.document), set[str]()
    for position, id_ in enumerate(link.joins):
        path: Path = ("components", name, "joins", position)
        place = a.coordinate.environment if id_ == ENVIRONMENT else id_
        if places.count(id_) + (id_ in found) > 1:
            message = f"'{id_}' is the ID of more than one thing that a link can join"
            help_ = "rename one of them: environments, networks, sites and links share their IDs here"
            yield Diagnostic("ARC-M005", message, help_, path)
        elif id_ == name:
            yield Diagnostic("ARC-R001", f"'{name}' joins itself", "name a network, a site or another link", path)
        elif place in seen:
            yield Diagnostic("ARC-M005", f"`joins` names '{place}' twice", "remove one of the two", path)
        elif place in document.environments and not document.network:
            message = f"'{id_}' has no network that a link could join"
            yield Diagnostic("ARC-R001", message, "declare `network`, or name one of `networks`", path)
        seen.add(place)


def _peering(a: Architecture, found: Mapping[str, Link], path: Path, link: Link) -> Iterator[Diagnostic]:
    """A diagnostic for a peering that joins other than two networks or hubs."""
    if len(link.joins) > 2:
        message = f"a peering joins two networks, but `joins` names {len(link.joins)}"
        yield Diagnostic("ARC-M005", message, "write a peering for each pair, or use a transit hub", (*path, "joins"))
    for position, id_ in enumerate(link.joins):
        at: Path = (*path, "joins", position)
        if id_ in a.document.sites:
            message = f"'{id_}' is a site, but a peering joins networks or hubs"
            yield Diagnostic("ARC-M005", message, "use a VPN or a private line for a site", at)
        elif id_ in found and found[id_].peering:
            message = f"'{id_}' is a peering, but a peering joins networks or hubs"
            yield Diagnostic("ARC-M005", message, "name the networks, since peerings cannot be chained", at)


def _forwards(a: Architecture, found: Mapping[str, Link], id_: str, path: Path, what: str) -> Iterator[Diagnostic]:
    """A diagnostic if a component cannot forward or inspect traffic, or if a place has the same ID."""
    component = a.components.get(id_)
    if component and (component.person or id_ in found):
        message = f"'{id_}' cannot {what}, because it is {'a link' if id_ in found else 'people'}"
        yield Diagnostic("ARC-M005", message, "name a component such as a firewall or a router", path)
    elif component and id_ in joinable(a.document):
        message = f"'{id_}' is a component and a place, so what is lost with it would be ambiguous"
        yield Diagnostic("ARC-M005", message, "rename one of the two", path)
