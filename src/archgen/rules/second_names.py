"""REF004: one thing has one name: texts speak of the products that components are, and a part of a network is no network."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.catalog import Product
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.resolve import Resolved

CODE = "REF004"
TITLE = "One thing has two names"
SEVERITY = "warning"


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """The contents of stacks against the components of the same kind, and the names of segments."""
    for cloud in resolved.axes.clouds:
        standing = resolved.standing(cloud, resolved.axes.environments[-1])
        document = standing.document
        stacks = document.terraform.stacks if document.terraform else {}
        texts = [(name, n, text) for name, stack in stacks.items() for n, text in enumerate(stack.contents)]
        rivals = _rivals(resolved, cloud) if texts else []
        for stack, position, text in texts:
            for product, component, mine in rivals:
                if product.named_in(text) and not mine.named_in(text):
                    path: Path = ("terraform", "stacks", stack, "contents", position)
                    message = f"the stack speaks of {product.name}; '{component}' is {mine.name} in every phase"
                    help_ = "use one name, or let a phase bring the other"
                    yield Diagnostic(CODE, message, help_, path)
    yield from _segments(resolved)


def _segments(resolved: Resolved) -> Iterator[Diagnostic]:
    network, label = resolved.default.document.network, resolved.default.facts.network_label
    for name, segment in network.segments.items() if network else ():
        if label in segment.name.split():
            message = (
                f"'{segment.name}' is called a {label}, and is a part of one: the tiers {', '.join(segment.tiers)}"
            )
            path = ("network", "segments", name, "name")
            yield Diagnostic(CODE, message, "name it after what it holds", path)


def _rivals(resolved: Resolved, cloud: str) -> list[tuple[Product, str, Product]]:
    """Products that nothing is at any coordinate, each with the first component that could be it and the product that that is."""
    catalog = resolved.default.catalog
    every: set[str] = set()
    are: dict[str, set[str]] = {}
    kind_of: dict[str, str] = {}
    for coordinate, architecture in resolved.architectures.items():
        for name, component in architecture.components.items():
            every.update(architecture.products_of(component))
            if coordinate.cloud == cloud and component.product:
                are.setdefault(name, set()).add(component.product)
                kind_of[name] = component.kind
    found: dict[str, tuple[Product, str, Product]] = {}
    for name, products in are.items():
        for rival in catalog.products_for(kind_of[name], cloud) if len(products) == 1 else ():
            if rival not in every:
                found.setdefault(rival, (catalog.products[rival], name, catalog.products[next(iter(products))]))
    return list(found.values())
