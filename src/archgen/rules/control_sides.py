"""SEC701: each control states how each cloud of the model implements it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "SEC701"
TITLE = "A control is described for one cloud only"
SEVERITY = "error"
ABSENCE: dict[str, str] = {}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each control and cloud without an entry."""
    for name, control in resolved.default.document.controls.items():
        for cloud in resolved.axes.clouds:
            if control.on(cloud) is None:
                message = (
                    f"the control '{control.title}' does not state how {resolved.clouds[cloud].name} implements it"
                )
                yield Diagnostic(CODE, message, f"add {cloud}: {{text: …, products: […]}}", ("controls", name))
            else:
                yield Passed(("controls", name, cloud))
