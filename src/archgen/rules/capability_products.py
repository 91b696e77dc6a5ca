"""PAR802: a row of the parity table names exactly the products that its components use."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.document import CapabilitySide
from archgen.model.resolve import Resolved

CODE = "PAR802"
TITLE = "A parity row does not name the products that its components use"
SEVERITY = "error"


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """Each side of each capability against the components that provide it, over all coordinates."""
    for name, capability in resolved.default.document.capabilities.items():
        for cloud in resolved.axes.clouds:
            side: CapabilitySide | None = getattr(capability, cloud)
            if side:
                yield from _unnamed(resolved, name, cloud, side)
                yield from _unused(resolved, name, cloud, side)


def _unnamed(resolved: Resolved, name: str, cloud: str, side: CapabilitySide) -> Iterator[Diagnostic]:
    """Products that components use, and no row about them names."""
    path: Path = ("capabilities", name, cloud)
    ever = _used(resolved, name, cloud, today=False)
    if not ever and not side.met_by:
        message = f"no component provides '{name}' on {cloud}"
        help_ = f"add provides: [{name}] to the components that do, or met_by with the parts of the model that do"
        yield Diagnostic(CODE, message, help_, path)
        return
    today = _used(resolved, name, cloud, today=True)
    for id_, user in ever.items():
        rows = _rows_about(resolved, user)
        sides = [getattr(resolved.default.document.capabilities[row], cloud) for row in rows]
        # Several rows about one component need not each name all of it; the first is blamed for what none names.
        if name != rows[0] or any(id_ in other.products for other in sides if other):
            continue
        known = resolved.default.catalog.products[id_].name
        if id_ in today:
            message = f"'{user}' uses {known}, which this row does not name"
            help_ = f"add {id_} to products and word the text to match"
            yield Diagnostic(CODE, message, help_, (*path, "products"))
        elif not any(id_ in other.later for other in sides if other):
            message = f"a later phase of '{user}' uses {known}, which this row does not list"
            yield Diagnostic(CODE, message, f"add {id_} to later, or to products and the text", (*path, "products"))


def _unused(resolved: Resolved, name: str, cloud: str, side: CapabilitySide) -> Iterator[Diagnostic]:
    """Products that the row names, and no component uses or the text does not say."""
    path: Path = ("capabilities", name, cloud)
    products = resolved.default.catalog.products
    ever = _used(resolved, name, cloud, today=False)
    for position, id_ in enumerate(side.products):
        if ever and id_ not in ever and not side.met_by:
            message = f"this row names {products[id_].name}, which no component that provides it uses"
            yield Diagnostic(CODE, message, "remove it, or let a component use it", (*path, "products", position))
        elif not products[id_].named_in(side.text) and (ever or side.met_by):
            names = (products[id_].name, products[id_].short, *products[id_].aliases)
            message = f"the text does not name {products[id_].name}"
            yield Diagnostic(CODE, message, f"say one of: {', '.join(dict.fromkeys(names))}", (*path, "text"))


def _rows_about(resolved: Resolved, component: str) -> tuple[str, ...]:
    """The capabilities that a component provides, wherever it exists."""
    every = (a.components[component].provides for a in resolved.architectures.values() if component in a.components)
    return tuple(dict.fromkeys(name for provides in every for name in provides))


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
