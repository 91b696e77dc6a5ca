"""OPS910: bounces and complaints about mail are received."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import has_product, with_key

CODE = "OPS910"
TITLE = "Bounces and complaints are not processed"
SEVERITY = "warning"
ABSENCE = {"feedback_to": "Receivers are components of the model: without a name, it states none."}

PRODUCTS = ("ses",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each sender of Amazon SES without a receiver of bounces and complaints."""
    for name, receiver in with_key(architecture, "feedback_to"):
        if not has_product(architecture, name, *PRODUCTS):
            continue
        path = ("components", name)
        if receiver is None:
            message = f"the model states nothing that receives bounces of and complaints about mail of '{name}'"
            help_ = "set `feedback_to` to a topic or queue, and stop sending to these addresses"
            yield Diagnostic(CODE, message, help_, path)
        else:
            yield Passed((*path, "feedback_to"))
