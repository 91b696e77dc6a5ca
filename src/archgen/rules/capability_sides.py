"""PAR801: a capability says how each cloud of the model meets it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostic import Diagnostic
from archgen.model.resolve import Resolved


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """One finding for each side that is missing."""
    for name, capability in resolved.default.document.capabilities.items():
        for cloud in resolved.axes.clouds:
            if getattr(capability, cloud) is None:
                message = f"'{capability.name}' does not say how {cloud} meets it"
                help_ = f"add {cloud}: {{text: …, products: […]}}, or status: gap with a note"
                if capability.status != "gap":
                    yield Diagnostic("PAR801", message, help_, ("capabilities", name))
