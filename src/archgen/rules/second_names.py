"""REF004: texts of stacks name the products that components use, and a segment is not named like a whole network."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.catalog.product import Product
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "REF004"
TITLE = "One thing has two names"
SEVERITY = "warning"
ABSENCE = {
    "drawn_only": "A segment is a part of the network unless the model states that it is only drawn.",
    "network": "Without `network`, there are no segments.",
    "terraform": "Without `terraform`, there are no texts of stacks.",
    "product": "A component without a product has no name of a product.",
}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each stack that names a product instead of the one in use, and for each segment named like a network."""
    for cloud in resolved.axes.clouds:
        standing = resolved.standing(cloud, resolved.axes.environments[-1])
        document = standing.document
        stacks = document.terraform.stacks if document.terraform else {}
        texts = [(name, n, text) for name, stack in stacks.items() for n, text in enumerate(stack.contents)]
        rivals = _rivals(resolved, cloud) if texts else []
        for stack, position, text in texts:
            path: Path = ("terraform", "stacks", stack, "contents", position)
            confused = False
            for product, component, mine in rivals:
                if product.named_in(text) and not mine.named_in(text):
                    confused = True
                    message = f"this text mentions {product.name}, but '{component}' uses {mine.name} in every phase"
                    help_ = f"replace it with {mine.name}, or let '{component}' use {product.name} in a phase"
                    yield Diagnostic(CODE, message, help_, path)
            if not confused:
                yield Passed(path)
    yield from _segments(resolved)


def _segments(resolved: Resolved) -> Iterator[Outcome]:
    network, label = resolved.default.document.network, resolved.default.facts.network_label
    for name, segment in network.segments.items() if network else ():
        path = ("network", "segments", name, "name")
        if label in segment.name.split() and not segment.drawn_only:
            message = (
                f"the segment '{segment.name}' is named like a {label}, but is only part of one: "
                f"the tiers {', '.join(segment.tiers)}"
            )
            yield Diagnostic(
                CODE,
                message,
                "name it after its tiers, or set drawn_only: true if it is only a box in the high-level view",
                path,
            )
        else:
            yield Passed(path)


def _rivals(resolved: Resolved, cloud: str) -> list[tuple[Product, str, Product]]:
    """Products that no component uses at any coordinate, each with the first component that could use it and that component's product."""
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
    rivals: dict[str, tuple[Product, str, Product]] = {}
    for name, products in are.items():
        for rival in catalog.products_for(kind_of[name], cloud) if len(products) == 1 else ():
            if rival not in every:
                rivals.setdefault(rival, (catalog.products[rival], name, catalog.products[next(iter(products))]))
    return list(rivals.values())
