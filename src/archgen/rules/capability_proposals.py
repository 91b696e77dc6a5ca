"""PAR805: a person has confirmed each proposal of the parity table."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved

CODE = "PAR805"
TITLE = "A parity row is a proposal that no person has confirmed"
SEVERITY = "info"
ABSENCE: dict[str, str] = {}


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each capability with a proposal, which names the clouds that it is for."""
    default = resolved.default
    for name, capability in default.document.capabilities.items():
        if capability.proposed:
            clouds = " and ".join(default.clouds[cloud].name for cloud in capability.proposed)
            message = f"'{capability.name}' is only a proposal for {clouds}"
            help_ = (
                f"compare both sides, correct the row, and remove `proposed`; then run: archgen parity review {name}"
            )
            yield Diagnostic(CODE, message, help_, ("capabilities", name, "proposed"))
        else:
            yield Passed(("capabilities", name))
