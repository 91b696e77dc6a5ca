"""PAR801: each capability states how each cloud of the model provides it, or why a cloud does not."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "PAR801"
TITLE = "A capability is described for one cloud only"
SEVERITY = "error"
ABSENCE = {"note": "The parity table is a part of the model: without a note, it states no reason."}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each capability and cloud without an entry, and for each shortcoming without a reason."""
    for name, capability in resolved.default.document.capabilities.items():
        if capability.status != "equivalent" and not capability.note and not capability.differences:
            message = f"'{capability.name}' is marked '{capability.status}' without a reason"
            yield Diagnostic(CODE, message, "add `note` or `differences`", ("capabilities", name, "status"))
        else:
            yield Passed(("capabilities", name, "status"))
        for cloud in resolved.axes.clouds:
            if capability.on(cloud) is None:
                message = f"'{capability.name}' does not state how {resolved.clouds[cloud].name} provides it"
                help_ = f"add {cloud}: {{text: …, products: […]}}, or `status: gap` or `not-needed` with a note"
                if capability.status not in ("gap", "not-needed"):
                    yield Diagnostic(CODE, message, help_, ("capabilities", name))
            else:
                yield Passed(("capabilities", name, cloud))
