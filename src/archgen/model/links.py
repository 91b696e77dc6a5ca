"""Links between networks and sites: which components are links, what they can join, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.places import ENVIRONMENT

if TYPE_CHECKING:
    from archgen.model.architecture import Architecture
    from archgen.model.component import Component
    from archgen.model.document import Document


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
    return {name: _link(component) for name, component in components.items() if getattr(component, "joins", None)}


def _link(component: Component) -> Link:
    """The settings of a link. A kind that is like `network-link` may leave any of them out."""

    def setting(name: str) -> Any:
        return getattr(component, name, None)

    apart, via = setting("apart") or (), setting("via")
    return Link(component, setting("joins"), apart, via, setting("form") == "peering", bool(setting("leads_on")))


def joinable(document: Document) -> tuple[str, ...]:
    """What a link can join besides other links: the networks of environments, further networks, and sites."""
    return (ENVIRONMENT, *document.environments, *document.networks, *document.sites)


def check_links(a: Architecture) -> Iterator[Diagnostic]:
    """A diagnostic for each ID that is ambiguous in `joins`, and for each link that joins itself or an environment without a network."""
    document, found = a.document, links(a.components)
    places = joinable(document)
    for name, link in found.items():
        for position, id_ in enumerate(link.joins):
            path = ("components", name, "joins", position)
            if places.count(id_) + (id_ in found) > 1:
                message = f"'{id_}' is the ID of more than one thing that a link can join"
                help_ = "rename one of them: environments, networks, sites and links share their IDs here"
                yield Diagnostic("ARC-M005", message, help_, path)
            elif id_ == name:
                yield Diagnostic("ARC-R001", f"'{name}' joins itself", "name a network, a site or another link", path)
            elif id_ in (ENVIRONMENT, *document.environments) and not document.network:
                message = f"'{id_}' has no network that a link could join"
                yield Diagnostic("ARC-R001", message, "declare `network`, or name one of `networks`", path)
