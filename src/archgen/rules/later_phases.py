"""OPS904: what holds today leans on nothing that only a later phase brings."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved

CODE = "OPS904"
TITLE = "Something depends on a later phase"
SEVERITY = "warning"


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """Controls that are met with products which no component uses yet, and phases that cannot be told apart."""
    document = resolved.default.document
    names: dict[str, str] = {}
    for name, phase in document.phases.items():
        plain = phase.name.casefold().partition(":")[2].strip() or phase.name.casefold()
        if plain in names:
            message = f"the phases '{names[plain]}' and '{name}' are both called {phase.name.partition(':')[2].strip() or phase.name}"
            yield Diagnostic(
                CODE,
                message,
                "give each a name that says what it brings",
                ("phases", name, "name"),
            )
        names.setdefault(plain, name)
    for cloud in resolved.axes.clouds:
        now, later = _used(resolved, cloud)
        for name, control in document.controls.items():
            side = getattr(control, cloud)
            for position, product in enumerate(side.products if side else ()):
                if product in later and product not in now:
                    known = resolved.default.catalog.products[product].name
                    message = f"'{control.title}' is met with {known}, which only a later phase brings"
                    help_ = "bring it in now, or say what meets the control until then"
                    path = ("controls", name, cloud, "products", position)
                    yield Diagnostic(CODE, message, help_, path)


def _used(resolved: Resolved, cloud: str) -> tuple[set[str], set[str]]:
    """The products that components use in the last environment as it stands, and at any coordinate of the cloud."""
    today = resolved.standing(cloud, resolved.axes.environments[-1])
    now = {p for component in today.components.values() for p in today.products_of(component)}
    every = (a for c, a in resolved.architectures.items() if c.cloud == cloud)
    return now, {p for a in every for component in a.components.values() for p in a.products_of(component)}
