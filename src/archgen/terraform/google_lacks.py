"""What stacks on Google Cloud leave out because the model does not state it, with the help that resolves it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.terraform.aws_lacks import not_delivered
from archgen.terraform.google_messages import undelivered


def lacks(a: Architecture) -> Iterator[Diagnostic]:
    """What no stack delivers."""
    yield from not_delivered(a, undelivered(a))
