"""PAR802: each row of the parity table names exactly the products that its components use."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.document import CapabilitySide
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "PAR802"
TITLE = "A parity row does not mention the products that its components use"
SEVERITY = "error"
ABSENCE: dict[str, str] = {}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """Findings for each capability and cloud, compared with the components that provide it at any coordinate."""
    for name, capability in resolved.default.document.capabilities.items():
        for cloud in resolved.axes.clouds:
            side: CapabilitySide | None = capability.on(cloud)
            if side:
                outcomes: list[Outcome] = [
                    *_unnamed(resolved, name, cloud, side),
                    *_unused(resolved, name, cloud, side),
                ]
                yield from outcomes or [Passed(("capabilities", name, cloud))]


def _unnamed(resolved: Resolved, name: str, cloud: str, side: CapabilitySide) -> Iterator[Diagnostic]:
    """Findings for products that components use but that no row about them names."""
    path: Path = ("capabilities", name, cloud)
    ever = _used(resolved, name, cloud, today=False)
    if not ever and not side.met_by:
        message = f"no component provides '{name}' on {cloud}"
        help_ = f"add provides: [{name}] to components, or `met_by` with the parts of the model that provide it"
        yield Diagnostic(CODE, message, help_, path)
        return
    today = _used(resolved, name, cloud, today=True)
    for id_, user in ever.items():
        rows = _rows_about(resolved, user)
        sides = [resolved.default.document.capabilities[row].on(cloud) for row in rows]
        # A product needs to be named in only one of several rows about a component; otherwise, the first row is reported.
        if name != rows[0] or any(id_ in other.products for other in sides if other):
            continue
        known = resolved.default.catalog.products[id_].name
        if id_ in today:
            message = f"'{user}' uses {known}, which this row does not mention"
            help_ = f"add {id_} to `products`, and mention it in `text`"
            yield Diagnostic(CODE, message, help_, (*path, "products"))
        elif not any(id_ in other.later for other in sides if other):
            message = f"a later phase of '{user}' uses {known}, which this row does not list"
            help_ = f"add {id_} to `later`, or to `products` and `text`"
            yield Diagnostic(CODE, message, help_, (*path, "products"))


def _unused(resolved: Resolved, name: str, cloud: str, side: CapabilitySide) -> Iterator[Diagnostic]:
    """Findings for products that the row lists but that no component uses or the text does not name."""
    path: Path = ("capabilities", name, cloud)
    products = resolved.default.catalog.products
    ever = _used(resolved, name, cloud, today=False)
    for position, id_ in enumerate(side.products):
        if ever and id_ not in ever and not side.met_by:
            message = f"this row lists {products[id_].name}, but no component that provides '{name}' uses it"
            yield Diagnostic(CODE, message, "remove it, or let a component use it", (*path, "products", position))
        elif not products[id_].named_in(side.text) and (ever or side.met_by):
            names = (products[id_].name, products[id_].short, *products[id_].aliases)
            message = f"the text does not mention {products[id_].name}"
            yield Diagnostic(CODE, message, f"use one of: {', '.join(dict.fromkeys(names))}", (*path, "text"))


def _rows_about(resolved: Resolved, component: str) -> tuple[str, ...]:
    """The ids of the capabilities that a component provides at any coordinate."""
    every = (a.components[component].provides for a in resolved.architectures.values() if component in a.components)
    return tuple(dict.fromkeys(name for provides in every for name in provides))


def _used(resolved: Resolved, capability: str, cloud: str, *, today: bool) -> dict[str, str]:
    """The ids of products in use, each with the id of a component that uses it."""
    used: dict[str, str] = {}
    architectures = resolved.today() if today else iter(resolved.architectures.values())
    for architecture in architectures:
        if architecture.coordinate.cloud == cloud:
            for name, component in architecture.providers(capability):
                for product in architecture.products_of(component):
                    used.setdefault(product, name)
    return used
