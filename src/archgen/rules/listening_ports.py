"""NET114: calls use the port on which the other end listens."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.connections import listening_port
from archgen.model.outcome import Outcome, Passed
from archgen.model.traits import product_traits

CODE = "NET114"
TITLE = "A call uses a port on which the other end does not listen"
SEVERITY = "warning"
ABSENCE = {
    "port": "A call without a port uses that of the other end, and a component without a port has none that could differ.",
    "product": "A component without a product has no port of a product.",
}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each call with a port that differs from the port of the component that it calls, and for each component
    that states another port than the one on which its product listens."""
    yield from _ports_of_products(architecture)
    for connection in architecture.traffic:
        head = connection.head
        listens = listening_port(architecture.components[head], architecture.traits(head))
        stated = architecture.components[connection.tail].calls[connection.key].port
        if listens is None or stated is None:
            continue
        path = (*connection.path, "port")
        if stated == listens:
            yield Passed(path)
        else:
            message = f"'{connection.tail}' calls '{head}' on port {stated}, but it listens on {listens}"
            yield Diagnostic(CODE, message, "leave out the port of the call, or correct one of the two", path)


def _ports_of_products(architecture: Architecture) -> Iterator[Outcome]:
    for name, component in architecture.components.items():
        product = architecture.product(component)
        node = architecture.tree.get(("components", name, "port"))
        # With the condition `kind=…`, the product has a front end on that port, and the component states the port behind it.
        if not product or node is None or any(condition.startswith("kind=") for condition in product.ports):
            continue
        decided, stated = product_traits(product, component).port, node.value
        if decided is not None and decided != stated:
            message = f"'{name}' states port {stated}, but {product.name} listens on {decided} as it is configured"
            yield Diagnostic(CODE, message, "leave out the port", ("components", name, "port"))
