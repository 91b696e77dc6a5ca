"""PAR801: a capability says how each cloud of the model meets it, or why one does not."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved

CODE = "PAR801"
TITLE = "A capability is described for one cloud only"
SEVERITY = "error"


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """One finding for each side that is missing, and for each shortcoming without a reason."""
    for name, capability in resolved.default.document.capabilities.items():
        if capability.status != "equivalent" and not capability.note and not capability.differences:
            message = f"'{capability.name}' is {capability.status}, and does not say why"
            yield Diagnostic(CODE, message, "add a note, or differences", ("capabilities", name, "status"))
        for cloud in resolved.axes.clouds:
            if getattr(capability, cloud) is None:
                message = f"'{capability.name}' does not say how {cloud} meets it"
                help_ = f"add {cloud}: {{text: …, products: […]}}, or status: gap or not-needed with a note"
                if capability.status not in ("gap", "not-needed"):
                    yield Diagnostic(CODE, message, help_, ("capabilities", name))
