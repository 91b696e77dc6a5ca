"""REF004: one thing has one name: texts speak of the products that components are, and a part of a network is no network."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.catalog import Product
from archgen.diagnostic import Diagnostic, Path
from archgen.model.resolve import Resolved


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """The contents of stacks against the components of the same kind, and the names of segments."""
    for cloud in resolved.axes.clouds:
        standing = resolved.standing(cloud, resolved.axes.environments[-1])
        document = standing.document
        used = _used(resolved, cloud)
        rivals = _rivals(resolved, cloud, used)
        for stack, stated in document.terraform.stacks.items() if document.terraform else ():
            for position, text in enumerate(stated.contents):
                for product, name in rivals:
                    mine = resolved.default.catalog.products[used[name]]
                    if product.named_in(text) and not mine.named_in(text):
                        path: Path = ("terraform", "stacks", stack, "contents", position)
                        message = f"the stack speaks of {product.name}; '{name}' is {mine.name} in every phase"
                        yield Diagnostic(
                            "REF004", message, "use one name, or let a phase bring the other", path, severity="warning"
                        )
        for name, segment in document.network.segments.items() if document.network else ():
            label = standing.facts.network_label
            if cloud == resolved.axes.clouds[0] and label in segment.name.split():
                message = (
                    f"'{segment.name}' is called a {label}, and is a part of one: the tiers {', '.join(segment.tiers)}"
                )
                path = ("network", "segments", name, "name")
                yield Diagnostic("REF004", message, "name it after what it holds", path, severity="warning")


def _used(resolved: Resolved, cloud: str) -> dict[str, str]:
    """Components that are the same product at every coordinate of a cloud, with it."""
    found: dict[str, set[str]] = {}
    for coordinate, architecture in resolved.architectures.items():
        for name, component in architecture.components.items() if coordinate.cloud == cloud else ():
            if component.product:
                found.setdefault(name, set()).add(component.product)
    return {name: next(iter(products)) for name, products in found.items() if len(products) == 1}


def _rivals(resolved: Resolved, cloud: str, used: dict[str, str]) -> list[tuple[Product, str]]:
    """Products that nothing is, each with a component that could be it."""
    catalog = resolved.default.catalog
    every = {p for a in resolved.architectures.values() for c in a.components.values() for p in a.products_of(c)}
    found = []
    for name in used:
        kind = next(a.components[name].kind for a in resolved.architectures.values() if name in a.components)
        found += [(catalog.products[p], name) for p in catalog.products_for(kind, cloud) if p not in every]
    return found
