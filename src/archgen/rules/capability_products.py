"""PAR802: a row of the parity table names exactly the products that its components use."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostic import Diagnostic, Path
from archgen.model.document import CapabilitySide
from archgen.model.resolve import Resolved


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """Each side of each capability against the components that provide it, over all coordinates."""
    for name, capability in resolved.default.document.capabilities.items():
        for cloud in resolved.axes.clouds:
            side: CapabilitySide | None = getattr(capability, cloud)
            if side:
                yield from _side(resolved, name, cloud, side)


def _side(resolved: Resolved, name: str, cloud: str, side: CapabilitySide) -> Iterator[Diagnostic]:
    path: Path = ("capabilities", name, cloud)
    products = resolved.default.catalog.products
    ever = _used(resolved, name, cloud, today=False)
    if not ever:
        message = f"no component provides '{name}' on {cloud}"
        yield Diagnostic("PAR802", message, f"add provides: {name} to the components that do", path)
        return
    today = _used(resolved, name, cloud, today=True)
    for id_, user in ever.items():
        if id_ in side.products:
            continue
        known = products[id_].name
        if id_ in today:
            message = f"'{user}' uses {known}, which this row does not name"
            yield Diagnostic(
                "PAR802", message, f"add {id_} to products and word the text to match", (*path, "products")
            )
        elif id_ not in side.later:
            message = f"a later phase of '{user}' uses {known}, which this row does not list"
            yield Diagnostic("PAR802", message, f"add {id_} to later, or to products and the text", (*path, "products"))
    for position, id_ in enumerate(side.products):
        if id_ not in ever:
            message = f"this row names {products[id_].name}, which no component that provides it uses"
            yield Diagnostic("PAR802", message, "remove it, or let a component use it", (*path, "products", position))
        elif not products[id_].named_in(side.text):
            names = (
                products[id_].name,
                products[id_].short,
                *products[id_].aliases,
            )
            message = f"the text does not name {products[id_].name}"
            yield Diagnostic("PAR802", message, f"say one of: {', '.join(dict.fromkeys(names))}", (*path, "text"))


def _used(resolved: Resolved, capability: str, cloud: str, *, today: bool) -> dict[str, str]:
    """Products in use, each with a component that uses it."""
    used: dict[str, str] = {}
    architectures = resolved.today() if today else iter(resolved.architectures.values())
    for architecture in architectures:
        if architecture.coordinate.cloud == cloud:
            for name, component in architecture.providers(capability):
                for product in architecture.products_of(component):
                    used.setdefault(product, name)
    return used
