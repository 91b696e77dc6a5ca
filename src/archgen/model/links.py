"""Links between networks and sites: which components are links, what they can join, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.places import ENVIRONMENT

if TYPE_CHECKING:
    from archgen.model.architecture import Architecture
    from archgen.model.component import Component
    from archgen.model.document import Document


def links(components: Mapping[str, Component]) -> dict[str, Component]:
    """The components that join networks and sites, of the kind `network-link` or of one that is like it."""
    return {name: component for name, component in components.items() if getattr(component, "joins", ())}


def joinable(document: Document) -> tuple[str, ...]:
    """What a link can join besides other links: the networks of environments, further networks, and sites."""
    return (ENVIRONMENT, *document.environments, *document.networks, *document.sites)


def check_links(a: Architecture) -> Iterator[Diagnostic]:
    """A diagnostic for each ID that is ambiguous in `joins`, and for each link that joins itself or an environment without a network."""
    document, found = a.document, links(a.components)
    places = joinable(document)
    for name, link in found.items():
        for position, id_ in enumerate(link.joins):  # type: ignore[attr-defined]
            path = ("components", name, "joins", position)
            if id_ == name:
                yield Diagnostic("ARC-R001", f"'{name}' joins itself", "name a network, a site or another link", path)
            elif places.count(id_) + (id_ in found) > 1:
                message = f"'{id_}' is the ID of more than one thing that a link can join"
                help_ = "rename one of them: environments, networks, sites and links share their IDs here"
                yield Diagnostic("ARC-M005", message, help_, path)
            elif id_ in (ENVIRONMENT, *document.environments) and not document.network:
                message = f"'{id_}' has no network that a link could join"
                yield Diagnostic("ARC-R001", message, "declare `network`, or name one of `networks`", path)

