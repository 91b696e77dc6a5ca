"""SEC701: a control says for each cloud of the model how it is met."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved

CODE = "SEC701"
TITLE = "A control is described for one cloud only"
SEVERITY = "error"


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """One finding for each side that is missing."""
    for name, control in resolved.default.document.controls.items():
        for cloud in resolved.axes.clouds:
            if getattr(control, cloud) is None:
                message = f"'{control.title}' does not say how {cloud} meets it"
                yield Diagnostic(CODE, message, f"add {cloud}: {{text: …, products: […]}}", ("controls", name))
