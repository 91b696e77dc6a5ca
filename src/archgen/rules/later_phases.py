"""OPS904: controls do not depend on products that are only added in a later phase, and phases have distinct names."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "OPS904"
TITLE = "Something depends on a later phase"
SEVERITY = "warning"
ABSENCE: dict[str, str] = {}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each control whose product no component uses yet, and for each phase with the name of another."""
    document = resolved.default.document
    names: dict[str, str] = {}
    for name, phase in document.phases.items():
        plain = phase.name.casefold().partition(":")[2].strip() or phase.name.casefold()
        if plain in names:
            message = f"the phases '{names[plain]}' and '{name}' are both called {phase.name.partition(':')[2].strip() or phase.name}"
            yield Diagnostic(
                CODE,
                message,
                "give each phase a name that says what it adds",
                ("phases", name, "name"),
            )
        elif len(document.phases) > 1:
            yield Passed(("phases", name, "name"))
        names.setdefault(plain, name)
    for cloud in resolved.axes.clouds:
        now, later = _used(resolved, cloud)
        for name, control in document.controls.items():
            side = control.on(cloud)
            for position, product in enumerate(side.products if side else ()):
                path = ("controls", name, cloud, "products", position)
                if product in later and product not in now:
                    known = resolved.default.catalog.products[product].name
                    message = f"the control '{control.title}' relies on {known}, which is only added in a later phase"
                    help_ = "add the product now, or list the product that implements the control until then"
                    yield Diagnostic(CODE, message, help_, path)
                elif product in now:
                    yield Passed(path)


def _used(resolved: Resolved, cloud: str) -> tuple[set[str], set[str]]:
    """The products that components use in the last environment today, and those that they use at any coordinate of the cloud."""
    today = resolved.standing(cloud, resolved.axes.environments[-1])
    now = {p for component in today.components.values() for p in today.products_of(component)}
    every = (a for c, a in resolved.architectures.items() if c.cloud == cloud)
    return now, {p for a in every for component in a.components.values() for p in a.products_of(component)}
